import { Script } from "./script.ts";
import { schema } from "./stored.ts";

/**
 * Makes what is written of one SIP server's bindings what they are. Of a contact that two have, the later one stays: a
 * phone is where it registered last. Values of a newer release are left alone.
 *
 * KEYS: bindings of the user. ARGV: server, now, then of each binding contact, when it expires, when it came, value.
 * Returns when the last of all bindings expires (0: there is none), and contacts that are another server's by now.
 */
export const writeBindings = new Script(`
local server, now = ARGV[1], tonumber(ARGV[2])
local latest, lost, mine = 0, {}, {}
for i = 3, #ARGV, 4 do
  mine[ARGV[i]] = { expires = tonumber(ARGV[i + 1]), at = tonumber(ARGV[i + 2]), text = ARGV[i + 3] }
end
local stored = redis.call('HGETALL', KEYS[1])
for i = 1, #stored, 2 do
  local contact = stored[i]
  local ok, read = pcall(cjson.decode, stored[i + 1])
  local binding = ok and type(read) == 'table' and read.value
  if type(binding) ~= 'table' or type(binding.expiresAt) ~= 'number' then
    redis.call('HDEL', KEYS[1], contact)
  elseif read.schema <= ${schema} then
    local isOwn = binding.server == server
    local own = mine[contact]
    if binding.expiresAt <= now or (isOwn and not own) then
      redis.call('HDEL', KEYS[1], contact)
    elseif not isOwn and own and own.at < (binding.at or 0) then
      mine[contact] = nil
      lost[#lost + 1] = contact
      latest = math.max(latest, binding.expiresAt)
    elseif not own then
      latest = math.max(latest, binding.expiresAt)
    end
  end
end
for contact, own in pairs(mine) do
  redis.call('HSET', KEYS[1], contact, own.text)
  latest = math.max(latest, own.expires)
end
if latest > 0 then redis.call('PEXPIRE', KEYS[1], math.max(1, latest - now)) end
return { string.format('%.0f', latest), lost }
`);
