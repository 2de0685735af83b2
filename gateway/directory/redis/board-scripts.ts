import { Script } from "./script.ts";

/** KEYS are those of `boardKeys`. */
const common = `
local head, log = KEYS[1], KEYS[2]
local epoch = redis.call('HGET', head, 'epoch') or ''
`;

export const boardScripts = {
  /**
   * What came after `length` entries of `epoch`; all when the log was begun anew since. ARGV: epoch, length. Returns epoch
   * (empty: there is no board), how many entries are left out, entries.
   */
  read: new Script(`${common}
local from = 0
if epoch == ARGV[1] then from = tonumber(ARGV[2]) end
return { epoch, tostring(from), redis.call('LRANGE', log, from, -1) }
`),

  /**
   * One entry more, unless another came first: 0 then. ARGV: epoch, length, epoch of a board that is made now, entry, when,
   * membership (empty: as it was).
   */
  append: new Script(`${common}
if epoch ~= ARGV[1] or redis.call('LLEN', log) ~= tonumber(ARGV[2]) then return 0 end
if epoch == '' then redis.call('HSET', head, 'epoch', ARGV[3]) end
redis.call('RPUSH', log, ARGV[4])
redis.call('HSET', head, 'at', ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', head, 'membership', ARGV[6]) end
return 1
`),

  /** The log anew, unless something came. ARGV: epoch, length, new epoch, entries. */
  rewrite: new Script(`${common}
if epoch ~= ARGV[1] or redis.call('LLEN', log) ~= tonumber(ARGV[2]) then return 0 end
redis.call('DEL', log)
for i = 4, #ARGV do redis.call('RPUSH', log, ARGV[i]) end
redis.call('HSET', head, 'epoch', ARGV[3])
return 1
`),

  /** No board any more, unless it has changed. ARGV: epoch, length. */
  remove: new Script(`${common}
if epoch ~= ARGV[1] or redis.call('LLEN', log) ~= tonumber(ARGV[2]) then return 0 end
redis.call('DEL', head, log)
return 1
`),
};
