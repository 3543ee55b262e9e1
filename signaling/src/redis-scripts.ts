/**
 * What Redis does in one piece, by name. It runs one script at a time, so what a script tells is true at that moment,
 * and whoever listens on a channel hears these truths in one order.
 */
export const redisScripts = {
  /**
   * A node lives, for one time to live more.
   * KEYS: kept, young. ARGV: what nodes' keys begin with, the node, the time to live in ms, other nodes.
   * Answers whether the node was alive, for how many ms Redis is young, and which of the others are dead.
   */
  beat: `
    local node = ARGV[1] .. ARGV[2]
    local wasAlive = redis.call('EXISTS', node)
    redis.call('SET', node, '1', 'PX', ARGV[3])
    if redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[3]) then redis.call('SET', KEYS[2], '1', 'PX', ARGV[3]) end
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    local answer = { wasAlive, math.max(0, redis.call('PTTL', KEYS[2])) }
    for i = 4, #ARGV do
      if redis.call('EXISTS', ARGV[1] .. ARGV[i]) == 0 then table.insert(answer, ARGV[i]) end
    end
    return answer`,

  /**
   * A node has something else in a topic, or with an empty entry nothing any more; all who listen are told what all have.
   * KEYS: the topic, young. ARGV: what nodes' keys begin with, the node, its entry, for how many ms the topic is kept.
   * Answers 1, or 0 without having done anything if the node is not alive: then the others do not count it.
   */
  tell: `
    if redis.call('EXISTS', ARGV[1] .. ARGV[2]) == 0 then return 0 end
    if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[2]) else redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
    local young = 0
    if redis.call('PTTL', KEYS[2]) > 0 then young = 1 end
    local told = { young, ARGV[2] }
    local all = redis.call('HGETALL', KEYS[1])
    for i = 1, #all, 2 do
      if redis.call('EXISTS', ARGV[1] .. all[i]) == 1 then
        table.insert(told, all[i])
        table.insert(told, all[i + 1])
      else
        redis.call('HDEL', KEYS[1], all[i])
      end
    end
    redis.call('PUBLISH', KEYS[1], 't' .. cjson.encode(told))
    return 1`,

  /** A node ends. ARGV: what nodes' keys begin with, the node. */
  end: `return redis.call('DEL', ARGV[1] .. ARGV[2])`,
} as const

export type RedisScriptName = keyof typeof redisScripts
