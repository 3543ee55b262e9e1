import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTurnCredentials } from '../src/turn-credentials.js'
import { serve, type ServerUnderTest } from './support/serve.js'
import { secret, sign } from './support/sign.js'

const turn = { turnSecret: 'shared with the relay', turnUris: ['turn:turn.test:3478', 'turns:turn.test'] }

const ask = ({ server }: ServerUnderTest, query = '', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://localhost:${server.port}/turn${query}`, { headers })

const read = async (response: Response) =>
  (await response.json()) as Record<'username' | 'password' | 'ttl' | 'uris', unknown>

test('[SIG90] credentials are the HMAC-SHA1 of a name that tells when they end', () => {
  // The HMAC was computed with `openssl dgst -sha1 -hmac`.
  expect(
    createTurnCredentials({
      secret: 'north-star-secret',
      uris: ['turn:turn.test'],
      ttlSeconds: 600,
      user: 'ana',
      nowMs: 1_700_000_000_999,
    }),
  ).toEqual({
    username: '1700000600:ana',
    password: '/6E+TAAymMrmPx3BPfFzIjK5ojM=',
    ttl: 600,
    uris: ['turn:turn.test'],
  })
})

test('[SIG90] they are handed out for an hour, or as long as asked, to whoever may connect', async () => {
  const underTest = await serve({ ...turn, turnTtlMs: 120_000 })
  const response = await ask(underTest)
  expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
    200,
    'application/json',
    'no-store',
  ])
  const { username, password, ttl, uris } = await read(response)
  expect([ttl, uris]).toEqual([120, turn.turnUris])
  const [endsAt] = String(username).split(':')
  expect(Number(endsAt)).toBe(Math.floor(underTest.clock.now() / 1000) + 120)
  expect(password).toBe(createHmac('sha1', turn.turnSecret).update(String(username)).digest('base64'))
  // Each has a name of its own, as relays have quotas by name.
  expect((await read(await ask(underTest))).username).not.toBe(username)
})

test('[SIG90] without a secret there is no such page; with half of the settings the server does not start', async () => {
  const underTest = await serve()
  expect(await (await ask(underTest)).text()).toBe('okay')
  for (const half of [{ turnSecret: turn.turnSecret }, { turnUris: turn.turnUris }])
    await expect(serve(half)).rejects.toThrow('turnSecret and turnUris must be set together, or neither')
  await expect(serve({ ...turn, turnUris: ['https://turn.test'] })).rejects.toThrow('turnUris must be turn: or turns:')
})

test('[SIG90] pages of other origins may read them if they may connect, and others get none', async () => {
  const open = await serve(turn)
  expect((await ask(open, '', { origin: 'https://any.test' })).headers.get('access-control-allow-origin')).toBe('*')
  const closed = await serve({ ...turn, origins: ['https://app.test'] })
  const ours = await ask(closed, '', { origin: 'https://app.test' })
  expect([ours.status, ours.headers.get('access-control-allow-origin'), ours.headers.get('vary')]).toEqual([
    200,
    'https://app.test',
    'Origin',
  ])
  const theirs = await ask(closed, '', { origin: 'https://evil.test' })
  expect([theirs.status, theirs.headers.get('access-control-allow-origin')]).toEqual([403, null])
  expect(await theirs.text()).toBe('foreign-origin\n')
})

test('[SIG90] with tokens on a valid one is needed, whatever topics are open, and credentials end with it', async () => {
  const underTest = await serve({
    ...turn,
    tokenSecret: secret,
    tokenToleranceMs: 0,
    policy: [{ prefix: '', access: 'open' }],
  })
  for (const [query, why] of [
    ['', 'token-required'],
    ['?token=nonsense', 'token-invalid'],
  ] as const) {
    const refused = await ask(underTest, query)
    expect([refused.status, await refused.text()]).toEqual([401, `${why}\n`])
  }
  const exp = Math.floor(underTest.clock.now() / 1000) + 90
  const short = await sign(underTest.clock, { room: 'standup', exp })
  expect(await read(await ask(underTest, `?token=${short}`))).toMatchObject({ ttl: 90 })
  const long = await sign(underTest.clock, { room: 'standup', exp: exp + 100_000 })
  expect(await read(await ask(underTest, `?token=${long}`))).toMatchObject({ ttl: 3600 })
})

test('[SIG90] an address that asks too often is refused, as by handshakes, and each refusal is counted', async () => {
  const underTest = await serve({ ...turn, maxHandshakesPerMinute: 2 })
  const statuses: number[] = []
  for (let asked = 0; asked < 3; asked++) statuses.push((await ask(underTest)).status)
  expect(statuses).toEqual([200, 200, 429])
  const metrics = await (await fetch(`http://localhost:${underTest.server.port}/metrics`)).text()
  expect(metrics).toMatch(/rejections_total\{reason="too-many-handshakes"\} 1/)
})
