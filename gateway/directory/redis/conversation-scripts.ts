import { Script } from "./script.ts";
import { schema } from "./stored.ts";

/** KEYS are those of `conversationKeys`. Of a message `heads` holds `AT DELETED FROM ID`: all that counting needs. */
const common = `
local facts, messages, heads, ids = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if tonumber(redis.call('HGET', facts, 'schema') or 0) > ${schema} then
  return redis.error_reply('NEWER the conversation was written by a newer release')
end
local function number(field) return tonumber(redis.call('HGET', facts, field) or 0) end

local function member(user)
  for _, one in ipairs(cjson.decode(redis.call('HGET', facts, 'members') or '[]')) do
    if one.user == user then return one end
  end
end

-- Calls each(number, head) for what is kept from a to b, until it returns false.
local function walk(a, b, each)
  a = math.max(a, number('first'))
  while a <= b do
    local wanted = {}
    for n = a, math.min(a + 999, b) do wanted[#wanted + 1] = n end
    for i, text in ipairs(redis.call('HMGET', heads, unpack(wanted))) do
      if text then
        local at, deleted, id, from = string.match(text, '^(%d+) (%d) ((%S+) .+)$')
        if each(wanted[i], { at = tonumber(at), deleted = deleted == '1', id = id, from = from }) == false then return end
      end
    end
    a = a + 1000
  end
end

local function unread(user, oldest)
  local count = 0
  walk(number('read:' .. user) + 1, number('last'), function(_, head)
    if head.from ~= user and not head.deleted and head.at >= oldest then count = count + 1 end
  end)
  return count
end

local function forget(n, head)
  redis.call('HDEL', messages, n)
  redis.call('HDEL', heads, n)
  redis.call('HDEL', ids, head.id)
end

-- number, text, number, text, …
local function texts(numbers)
  local found = {}
  for _, n in ipairs(numbers) do
    found[#found + 1] = n
    found[#found + 1] = redis.call('HGET', messages, n)
  end
  return found
end

-- Forgets from the oldest on what is too old, or more than so many.
local function prune(oldest, kept)
  local before = number('first')
  local first, last = before, number('last')
  walk(before, last, function(n, head)
    if head.at >= oldest and last - n < kept then return false end
    forget(n, head)
    first = n + 1
  end)
  if first > before then redis.call('HSET', facts, 'first', first) end
end
`;

const script = (text: string): Script => new Script(common + text);

/** id, text, head, kept, oldest, version, members (empty: there must be one). 0 there is none; number, fresh, text. */
export const add = script(`
local known = redis.call('HGET', ids, ARGV[1])
if known then return { tonumber(known), 0, redis.call('HGET', messages, known) } end
if redis.call('EXISTS', facts) == 0 then
  if ARGV[7] == '' then return 0 end
  redis.call('HSET', facts, 'schema', ${schema}, 'version', ARGV[6], 'first', 1, 'last', 0, 'members', ARGV[7])
end
local n = redis.call('HINCRBY', facts, 'last', 1)
redis.call('HSET', messages, n, ARGV[2])
redis.call('HSET', heads, n, ARGV[3])
redis.call('HSET', ids, ARGV[1], n)
prune(tonumber(ARGV[5]), tonumber(ARGV[4]))
return { n, 1, ARGV[2] }
`);

/** number, text that was read, new text, new head. 0 when another change came between. */
export const edit = script(`
if redis.call('HGET', messages, ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', messages, ARGV[1], ARGV[3])
redis.call('HSET', heads, ARGV[1], ARGV[4])
return 1
`);

/** user, oldest, limit. Texts. */
export const waiting = script(`
local user, oldest, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local one, found = member(user), {}
if not one or one.invited then return {} end
walk(number('delivered:' .. user) + 1, number('last'), function(n, head)
  if head.from ~= user and not head.deleted and head.at >= oldest then found[#found + 1] = n end
  return #found < limit
end)
return texts(found)
`);

/** user, oldest, mark, number. Nothing when nothing moved; number, unread, texts of what was passed. */
export const mark = script(`
local user, oldest, mark = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local one = member(user)
if not one or one.invited then return nil end
local from, to = number(mark .. ':' .. user), math.min(tonumber(ARGV[4]), number('last'))
if to <= from then return nil end
redis.call('HSET', facts, mark .. ':' .. user, to)
if mark == 'read' and number('delivered:' .. user) < to then redis.call('HSET', facts, 'delivered:' .. user, to) end
local newest, passed = {}, {}
walk(from + 1, to, function(n, head)
  if head.from ~= user then newest[head.from] = n end
end)
for _, n in pairs(newest) do passed[#passed + 1] = n end
table.sort(passed)
return { to, unread(user, oldest), texts(passed) }
`);

/** user, oldest. Facts, unread, texts of the newest message. */
export const summary = script(`
local user, oldest = ARGV[1], tonumber(ARGV[2])
local n, first = number('last'), number('first')
while n >= first and redis.call('HEXISTS', heads, n) == 0 do n = n - 1 end
local newest = {}
walk(n, n, function(_, head)
  if head.at >= oldest then newest = texts({ n }) end
end)
return { redis.call('HGETALL', facts), unread(user, oldest), newest }
`);

/** version that was read (empty: there was none), new version, name (\`=\` before it, or empty), members. 0 as \`edit\`. */
export const settle = script(`
local now = redis.call('HGET', facts, 'version') or ''
if now ~= ARGV[1] then return 0 end
local members = cjson.decode(ARGV[4])
if #members == 0 then
  redis.call('DEL', facts, messages, heads, ids)
  return 1
end
local last, known = number('last'), {}
for _, one in ipairs(cjson.decode(redis.call('HGET', facts, 'members') or '[]')) do known[one.user] = one end
redis.call('HSET', facts, 'schema', ${schema}, 'version', ARGV[2], 'members', ARGV[4])
redis.call('HSETNX', facts, 'first', 1)
if ARGV[3] == '' then redis.call('HDEL', facts, 'name') else redis.call('HSET', facts, 'name', string.sub(ARGV[3], 2)) end
for _, one in ipairs(members) do
  local was = known[one.user]
  if not was or was.invited then redis.call('HSET', facts, 'delivered:' .. one.user, last, 'read:' .. one.user, last) end
  known[one.user] = nil
end
for user in pairs(known) do redis.call('HDEL', facts, 'delivered:' .. user, 'read:' .. user) end
return 1
`);

/** oldest, kept. */
export const prune = script("prune(tonumber(ARGV[1]), tonumber(ARGV[2]))");

/** user. How many messages went. */
export const forget = script(`
local count = 0
walk(1, number('last'), function(n, head)
  if head.from == ARGV[1] then
    forget(n, head)
    count = count + 1
  end
end)
return count
`);

/** Of KEYS[1], the conversations of a user: conversation, version. Puts it there, unless it is there by a later one. */
export const enlist = new Script(`
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known or tonumber(known) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
`);

/** The reverse: takes it away, unless it is there by a later one. */
export const strike = new Script(`
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and tonumber(known) <= tonumber(ARGV[2]) then redis.call('HDEL', KEYS[1], ARGV[1]) end
`);
