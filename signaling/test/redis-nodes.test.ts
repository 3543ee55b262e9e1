import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMember, type Member } from './support/member.js'
import { buildCommand, type BuiltCommand, type NodeProcess } from './support/node-processes.js'
import { buildRooms } from './support/room-processes.js'
import { startRedisServer, type RedisServer } from './support/redis-server.js'

let redis: RedisServer
let command: BuiltCommand
const nodes: NodeProcess[] = []

beforeAll(async () => {
  ;[redis, command] = await Promise.all([startRedisServer(), buildCommand()])
})
afterAll(async () => {
  await command?.close()
  await redis?.close()
})

/** Three are running, and ready. */
beforeEach(async () => {
  const args = [
    '--redis',
    redis.url,
    '--redis-ttl-ms',
    '3000',
    '--max-points',
    '1000000',
    '--points-per-second',
    '1000000',
  ]
  while (nodes.length < 3) nodes.push(await command.start(args))
  await Promise.all(nodes.map(node => node.untilReadiness(200)))
})

const urlOf = (index: number): string => nodes[index]?.url ?? ''

/** Waits for a condition of several processes, which have two cores between them. */
const eventually = (read: () => unknown) => expect.poll(read, { timeout: 20_000, interval: 10 })

/** Peers named after their nodes, `0a` and `0b` at the first, all of whom know of each other. */
const gather = async (room: string, letters = ['a', 'b']): Promise<Member[]> => {
  const names = nodes.flatMap((_, index) => letters.map(letter => `${index}${letter}`))
  const members: Member[] = []
  for (const name of names) members.push(await openMember(urlOf(Number(name[0])), room, name))
  await untilKnown(members)
  return members
}

/** Each has been told of all the others, and of nobody else. */
const untilKnown = async (members: readonly Member[]): Promise<void> => {
  const names = members.map(({ peer }) => peer).toSorted()
  const expected = members.map(({ peer }) => names.filter(name => name !== peer))
  await eventually(() => members.map(({ others }) => others())).toEqual(expected)
}

type Said = readonly [from: string, number: number]

const numbersOf = (speaker: Member, { heard }: Member): number[] =>
  (heard as Said[]).filter(([from]) => from === speaker.peer).map(([, number]) => number)

/** Everybody says numbered things, the next when all who are `together` have heard the last, until it is stopped. */
const startLoad = (together: readonly Member[]) => {
  let isOver = false
  let count = 0
  const hasHeard = (listener: Member, speaker: Member): boolean =>
    listener === speaker || (listener.heard as Said[]).findLast(([from]) => from === speaker.peer)?.[1] === count
  const loaded = (async () => {
    for (; !isOver; count += 1) {
      for (const member of together) member.say([member.peer, count])
      await eventually(() => together.every(one => together.every(other => hasHeard(one, other)))).toBe(true)
    }
  })()
  return {
    untilMore: async (more: number) => {
      const goal = count + more
      await eventually(() => count).toBeGreaterThan(goal)
    },
    /** Resolves with how many things each has said. */
    stop: async () => {
      isOver = true
      await loaded
      return count
    },
  }
}

/** Each has heard all of each other, once and in order. */
const expectAllHeard = (members: readonly Member[], count: number): void => {
  const expected = Array.from({ length: count }, (_, index) => index)
  for (const member of members) {
    for (const other of members) {
      if (other !== member) expect(numbersOf(other, member), `${member.peer} of ${other.peer}`).toEqual(expected)
    }
  }
}

test('[SIG33] [SIG34] peers at three nodes meet, talk to all and to one, and part', async () => {
  const members = await gather('meeting')
  const [first, , third] = members
  // Only the very first was alone.
  expect(members.filter(({ told }) => told[0] === 'members ').map(({ peer }) => peer)).toEqual(['0a'])
  first?.say('to all')
  third?.say('to one', '2b')
  first?.say('at last')
  await eventually(() => members.slice(1).every(({ heard }) => heard.includes('at last'))).toBe(true)
  await eventually(() => members.map(({ heard }) => heard.includes('to one'))).toEqual(
    members.map(m => m.peer === '2b'),
  )
  expect(first?.heard).toEqual([])
  for (const { heard } of members.slice(1)) expect(heard.filter(data => data === 'to all')).toHaveLength(1)

  await first?.close()
  third?.leave()
  const rest = members.filter(member => member !== first && member !== third)
  await untilKnown(rest)
  for (const { told } of rest)
    expect(told.filter(said => said.startsWith('left')).toSorted()).toEqual(['left 0a', 'left 1a'])
})

test('[SIG34] of two who come at once at two nodes never both are told to be alone', async () => {
  const rooms = Array.from({ length: 60 }, (_, index) => `at once ${index}`)
  const pairs = await Promise.all(
    rooms.map((room, index) =>
      Promise.all([openMember(urlOf(index % 3), room, 'a'), openMember(urlOf((index + 1) % 3), room, 'b')]),
    ),
  )
  for (const pair of pairs) await untilKnown(pair)
  for (const pair of pairs) expect(pair.map(({ told }) => told[0])).not.toEqual(['members ', 'members '])
})

test('[SIG33] [SIG34] two Hearth rooms at two nodes are one', async () => {
  const startRoom = await buildRooms()
  const ana = startRoom(urlOf(0), 'Ana')
  await eventually(() => ana.said).toContain('joined')
  ana.write('of Ana')
  await eventually(() => ana.said.at(-1)).toBe('{"list":["of Ana"]}')
  const ben = startRoom(urlOf(1), 'Ben')
  await eventually(() => ben.said).toContain('joined')
  expect(ben.said).toContain('{"list":["of Ana"]}')
  ben.write('of Ben')
  await eventually(() => [ana, ben].map(({ said }) => said.at(-1))).toEqual(
    Array(2).fill('{"list":["of Ana","of Ben"]}'),
  )
  expect(await Promise.all([ana.leave(), ben.leave()])).toEqual([0, 0])
})

test('[SIG60] a server that is killed in the middle of a load takes only its own peers, and no message of others', async () => {
  const members = await gather('load')
  const staying = members.filter(({ peer }) => !peer.startsWith('2'))
  const lost = members.filter(({ peer }) => peer.startsWith('2'))
  const load = startLoad(staying)
  await load.untilMore(20)
  await nodes.pop()?.kill()
  await Promise.all(lost.map(({ closed }) => closed))
  // One is back at another node at once, so it has never left; the other takes its time.
  const back = await openMember(urlOf(0), 'load', '2a')
  await untilKnown([...staying, back])
  expect(staying.map(({ told }) => told.filter(said => /left|2a/.test(said)).slice(-2))).toEqual(
    staying.map(() => [expect.stringContaining('2a'), 'left 2b']),
  )
  const late = await openMember(urlOf(1), 'load', '2b')
  await untilKnown([...staying, back, late])
  await load.untilMore(20)
  expectAllHeard(staying, await load.stop())
})

test('[SIG36] [SIG61] Redis is restarted in the middle of a load: nobody leaves or is alone, and then all is right', async () => {
  const members = await gather('restart')
  const toldBefore = members.map(({ told }) => told.length)
  const atNode = nodes.map((_, index) => members.filter(({ peer }) => peer.startsWith(String(index))))
  const loads = atNode.map(startLoad)
  const untilMore = (more: number) => Promise.all(loads.map(load => load.untilMore(more)))

  await untilMore(20)
  await redis.kill()
  await Promise.all(nodes.map(node => node.untilReadiness(503)))
  // Who comes now is told nothing, but has its own node.
  const newcomer = await openMember(urlOf(0), 'restart', '0z')
  const quitter = await openMember(urlOf(1), 'restart', '1z')
  await untilMore(20)
  await quitter.close()
  expect([newcomer.told, quitter.told]).toEqual([[], []])
  expect(newcomer.heard.length).toBeGreaterThan(0)

  await redis.start()
  await Promise.all(nodes.map(node => node.untilReadiness(200)))
  await untilKnown([...members, newcomer])
  expect(newcomer.told).toEqual(['members 0a,0b,1a,1b,2a,2b'])
  const changes = members.map(({ told }, index) => told.slice(toldBefore[index]))
  expect(changes.map(each => each.filter(said => !said.endsWith('1z')))).toEqual(members.map(() => ['joined 0z']))

  await untilMore(20)
  const counts = await Promise.all(loads.map(load => load.stop()))
  for (const [index, count] of counts.entries()) expectAllHeard(atNode[index] ?? [], count)
  for (const speaker of members) {
    const last = (counts[Number(speaker.peer[0])] ?? 0) - 1
    for (const listener of members) {
      if (listener === speaker) continue
      await eventually(() => numbersOf(speaker, listener).at(-1)).toBe(last)
      const numbers = numbersOf(speaker, listener)
      // With what was lost left out: each once, and in order.
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
      expect(numbers.slice(-10), 'after the restart').toEqual(Array.from({ length: 10 }, (_, i) => last - 9 + i))
    }
  }
})
