import { RedisScript } from './redis-script.js';

/**
 * Scripts that keep the index of the tiles in Redis, and their bytes below a quota, for all processes that share it. Each runs
 * as a whole or not at all. Redis 6.2 or later.
 *
 * The index is one sorted set, so that it is there as a whole or lost as a whole. A member is a tile's tag, its score
 * `seconds of its last use · 2^21 + units`: in order of use, and a double holds it exactly until 2106. A unit is 512 bytes of
 * value and bookkeeping. The member ' ', which is no tag, has the negative sum of all units.
 *
 * A tile may vanish without the index hearing of it: its time was over, or Redis made room. Each `put` looks at a few
 * entries by chance and takes such out, and what is least recently used goes in any case. A tile may stay behind where the
 * index was lost: it is taken in again when it is used, or by a sweep.
 */

/** What an entry takes in Redis beside its value, generously: names, dictionaries, the index. */
const ENTRY_BYTES = 384;
/** Bytes in which is counted. */
export const UNIT_BYTES = 512;
/** Entries that one call removes at most: Redis does nothing else meanwhile. */
const MOST_REMOVED = 256;
/** Entries by chance of which a `put` sees whether they are still there: more than it adds. */
const SAMPLES = 3;

/** KEYS[1]: index. ARGV: what names begin with, units at most, then the script's own. */
const COMMON = `
local SPAN, TOTAL = 2097152, ' '
local index, prefix, limit = KEYS[1], ARGV[1], tonumber(ARGV[2])
local sum = redis.call('ZSCORE', index, TOTAL)
local total = -tonumber(sum or 0)

local function forget(tag, score)
  redis.call('ZREM', index, tag)
  total = total - tonumber(score) % SPAN
end

local function unitsOf(bytes)
  return math.min(SPAN - 1, math.ceil((bytes + ${ENTRY_BYTES}) / ${UNIT_BYTES}))
end

local function enter(tag, units, seconds)
  redis.call('ZADD', index, seconds * SPAN + units, tag)
  total = total + units
end

local function fit(keep)
  local left, before = ${MOST_REMOVED}, nil
  while total > limit and left > 0 and left ~= before do
    before = left
    local oldest = redis.call('ZRANGEBYSCORE', index, '(0', '+inf', 'WITHSCORES', 'LIMIT', 0, 16)
    if #oldest == 0 then
      total = 0
    end
    for i = 1, #oldest, 2 do
      if total > limit and oldest[i] ~= keep then
        redis.call('UNLINK', prefix .. oldest[i])
        forget(oldest[i], oldest[i + 1])
        left = left - 1
      end
    end
  end
end

local function close()
  redis.call('ZADD', index, -total, TOTAL)
  return total
end
`;

/**
 * Keeps a tile. KEYS[2]: its name. ARGV[3…5]: tag, value, milliseconds to live. Gives 1 where it was kept and 0 where the
 * quota had no room, all units, and 1 where there was no index before.
 *
 * SET comes first: where memory is full, or the server is a replica, it is refused and nothing has happened.
 */
export const PUT = new RedisScript(`${COMMON}
local tag, value = ARGV[3], ARGV[4]
local units = unitsOf(#value)
if units > limit then
  return { 0, total, 0 }
end
redis.call('SET', KEYS[2], value, 'PX', ARGV[5])
local before = redis.call('ZSCORE', index, tag)
if before then
  forget(tag, before)
end
enter(tag, units, tonumber(redis.call('TIME')[1]))
for _, other in ipairs(redis.call('ZRANDMEMBER', index, ${SAMPLES})) do
  if other ~= TOTAL and redis.call('EXISTS', prefix .. other) == 0 then
    forget(other, redis.call('ZSCORE', index, other))
  end
end
fit(tag)
local kept = total <= limit
if not kept then
  redis.call('UNLINK', KEYS[2])
  forget(tag, redis.call('ZSCORE', index, tag))
end
return { kept and 1 or 0, close(), sum and 0 or 1 }
`);

/**
 * Notes that tiles were used, or were found in a sweep; takes in those that the index does not know. ARGV[3]: `used` or
 * `found`. ARGV[4…]: tags. What was found was used nobody knows when: it goes first.
 */
export const TOUCH = new RedisScript(`${COMMON}
local used = ARGV[3] == 'used'
local seconds = used and tonumber(redis.call('TIME')[1]) or 1
for i = 4, #ARGV do
  local tag = ARGV[i]
  local score = redis.call('ZSCORE', index, tag)
  if score then
    if used then
      redis.call('ZADD', index, seconds * SPAN + tonumber(score) % SPAN, tag)
    end
  else
    local bytes = redis.pcall('STRLEN', prefix .. tag)
    if type(bytes) == 'number' and bytes > 0 then
      enter(tag, unitsOf(bytes), seconds)
    end
  end
end
fit()
return close()
`);

/** Removes a tile. ARGV[3]: tag. */
export const REMOVE = new RedisScript(`${COMMON}
local tag = ARGV[3]
redis.call('UNLINK', prefix .. tag)
local score = redis.call('ZSCORE', index, tag)
if score then
  forget(tag, score)
end
return close()
`);
