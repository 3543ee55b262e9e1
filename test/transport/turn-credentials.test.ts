import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { joinRoom } from '../../src/room.js'
import { openTurnCredentials } from '../../src/transport/turn-credentials.js'
import { createManualClock, settlePromises, type ManualClock } from '../support/manual-clock.js'

const grant = { username: '1:ana', password: 'secret', ttl: 600, uris: ['turn:turn.test:3478', 'turns:turn.test'] }
const server = { urls: grant.uris, username: grant.username, credential: grant.password }

let clock: ManualClock
let asked: string[]
let failures: string[]
/** What a server answers next, in turn; the last one again and again. A `never` does not answer. */
let answers: (object | number | 'never' | 'unreachable' | 'no JSON')[]

const answer = (signal: AbortSignal | null | undefined): Promise<Response> => {
  const next = (answers.length > 1 ? answers.shift() : answers[0]) ?? 404
  if (next === 'unreachable') return Promise.reject(new TypeError('Failed to fetch'))
  if (next === 'never')
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
  if (typeof next === 'number') return Promise.resolve(new Response('', { status: next }))
  return Promise.resolve(next === 'no JSON' ? new Response('<html>') : Response.json(next))
}

const fakeFetch = ((url: string, init?: RequestInit) => {
  asked.push(url)
  return answer(init?.signal)
}) as typeof fetch

const open = (...signaling: string[]) =>
  openTurnCredentials({
    signaling: signaling.length > 0 ? signaling : ['wss://signaling.test'],
    clock,
    fetch: fakeFetch,
    onFailure: (url, reason) => void failures.push(`${url} ${reason}`),
  })

beforeEach(() => {
  clock = createManualClock()
  asked = []
  failures = []
  answers = [grant]
})
afterEach(() => {
  vi.unstubAllGlobals()
  expect(clock.timers, 'timers left behind').toBe(0)
})

test('[LINK42] credentials are there when it resolves', async () => {
  const credentials = await open()
  expect(credentials.iceServers).toEqual([server])
  credentials.stop()
})

test.each([
  ['wss://signaling.test', 'https://signaling.test/turn'],
  ['ws://127.0.0.1:4444/', 'http://127.0.0.1:4444/turn'],
  ['wss://host.test/hearth/?token=a.b.c', 'https://host.test/hearth/turn?token=a.b.c'],
])('[LINK42] they are asked for beside the WebSocket, with its token: %s', async (address, url) => {
  const credentials = await open(address)
  expect(asked).toEqual([url])
  credentials.stop()
})

test('[LINK42] they are fetched anew before they expire, into the same array', async () => {
  const { iceServers, stop } = await open()
  answers = [{ ...grant, username: '2:ana' }]
  await clock.advance(449_000)
  expect([asked.length, iceServers]).toEqual([1, [server]])
  await clock.advance(1000)
  expect([asked.length, iceServers]).toEqual([2, [{ ...server, username: '2:ana' }]])
  stop()
})

test('[LINK42] a machine whose timers stood still while it slept asks anew within a minute', async () => {
  const start = clock.now()
  let sleptMs = 0
  vi.spyOn(clock, 'now').mockImplementation(() => start + sleptMs + clock.monotonic())
  const { stop } = await open()
  sleptMs = 600_000
  await clock.advance(60_000)
  expect(asked.length).toBe(2)
  await clock.advance(449_000)
  expect(asked.length).toBe(2)
  stop()
})

test('[LINK42] a server that fails, or is slow, leaves room for the next one', async () => {
  answers = ['never', 503, grant]
  const opening = open('ws://slow.test', 'ws://down.test', 'ws://up.test')
  await clock.advance(3000)
  const { iceServers, stop } = await opening
  expect(asked).toEqual(['http://slow.test/turn', 'http://down.test/turn', 'http://up.test/turn'])
  expect([iceServers, failures]).toEqual([[server], []])
  stop()
})

test('[LINK42] without an answer it is told once, asked again at growing times, and told again after a success', async () => {
  answers = [404]
  const { iceServers, stop } = await open()
  expect(iceServers).toEqual([])
  const told = 'https://signaling.test/turn it gave no TURN credentials: it answered 404'
  expect(failures).toEqual([told])
  for (const waitMs of [5000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
    const before = asked.length
    await clock.advance(waitMs - 1)
    expect(asked.length).toBe(before)
    await clock.advance(1)
    expect(asked.length).toBe(before + 1)
  }
  expect(failures).toEqual([told])
  answers = [grant]
  await clock.advance(60_000)
  expect(iceServers).toEqual([server])
  // What is there stays, though nobody answers any more: it may be good for a while.
  answers = ['unreachable']
  await clock.advance(600_000)
  expect([iceServers, failures.length]).toEqual([[server], 2])
  stop()
})

test.each([
  ['no JSON' as const],
  [null],
  [[]],
  [{}],
  [{ ...grant, username: 7 }],
  [{ ...grant, password: undefined }],
  [{ ...grant, ttl: 0 }],
  [{ ...grant, ttl: Number.NaN }],
  [{ ...grant, ttl: '600' }],
  [{ ...grant, uris: [] }],
  [{ ...grant, uris: 'turn:turn.test' }],
  [{ ...grant, uris: [null] }],
  [{ ...grant, uris: ['https://turn.test'] }],
])('[LINK42] an answer that no connection could be made with is none: %j', async answered => {
  answers = [answered as object]
  const { iceServers, stop } = await open()
  expect([iceServers, failures.length]).toEqual([[], 1])
  stop()
})

test.each([
  [0.001, 7500],
  [1e12, 24 * 60 * 60_000 * 0.75],
])('[LINK42] a time to live of %d s is asked anew after %d ms', async (ttl, waitMs) => {
  answers = [{ ...grant, ttl }]
  const { stop } = await open()
  await clock.advance(waitMs - 1)
  expect(asked.length).toBe(1)
  await clock.advance(1)
  expect(asked.length).toBe(2)
  stop()
})

test('[LINK42] nothing stays after it was stopped, also while it asks', async () => {
  const { iceServers, stop } = await open()
  answers = ['never']
  await clock.advance(450_000)
  expect(asked.length).toBe(2)
  stop()
  await settlePromises()
  expect([iceServers, failures, clock.timers]).toEqual([[server], [], 0])
})

test('[LINK42] a room connects with what is fetched, asks nobody without an address, and stops when it is left', async () => {
  vi.stubGlobal('fetch', fakeFetch)
  const given: (readonly RTCIceServer[] | undefined)[] = []
  const transport = {
    name: 'none',
    join: ({ iceServers }: { readonly iceServers?: readonly RTCIceServer[] }) => {
      given.push(iceServers)
      const nothing = () => {}
      return { disconnect: nothing, connect: nothing, drop: nothing, leave: nothing }
    },
  }
  const options = { room: 'standup', iceServers: 'from-signaling', transport, clock, joinTimeoutMs: 0 } as const
  const joining = joinRoom({ ...options, signaling: 'ws://signaling.test' })
  await settlePromises()
  await clock.advance(0)
  const room = await joining
  expect(given).toEqual([[server]])
  answers = [{ ...grant, username: '2:ana' }]
  await clock.advance(450_000)
  expect(given).toEqual([[{ ...server, username: '2:ana' }]])
  await room.leave()
  const alone = joinRoom(options)
  await settlePromises()
  await clock.advance(0)
  await (await alone).leave()
  expect([given[1], asked.length]).toEqual([undefined, 2])
})

test('[LINK42] a room that gets no answer joins all the same, and is told', async () => {
  vi.stubGlobal('fetch', fakeFetch)
  answers = ['unreachable']
  const transport = {
    name: 'none',
    join: () => ({ disconnect: () => {}, connect: () => {}, drop: () => {}, leave: () => {} }),
  }
  const errors: unknown[] = []
  const joining = joinRoom({
    room: 'standup',
    signaling: 'ws://signaling.test?token=secret',
    iceServers: 'from-signaling',
    transport,
    clock,
    joinTimeoutMs: 10,
  }).then(room => {
    room.on('error', error => errors.push(error))
    return room
  })
  await settlePromises()
  await clock.advance(10)
  const room = await joining
  await clock.advance(1)
  expect(errors).toMatchObject([{ code: 'signaling-failed', details: { url: 'http://signaling.test/turn' } }])
  await room.leave()
})
