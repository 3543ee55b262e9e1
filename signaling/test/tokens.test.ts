import { generateKeyPairSync, webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSignalingServer, type SignalingOptions } from '../src/index.js'
import { connect, type Client } from './support/client.js'
import { keepLog } from './support/log-lines.js'
import { serve, type ServerUnderTest } from './support/serve.js'
import { secret, sign, type Claims } from './support/sign.js'

const required = { code: 4401, reason: 'token required' }
const notAllowed = { code: 4403, reason: 'not allowed' }
const expired = { code: 4419, reason: 'token expired' }
const invalid = { code: 4498, reason: 'token invalid' }

const subscribe = (topic: string, peer?: string): object => ({
  type: 'subscribe',
  topics: [topic],
  ...(peer && { peer }),
})

const connectWith = (token: string, { server }: ServerUnderTest): Promise<Client> =>
  connect(`${server.url}/any/path?a=b&token=${token}`)

/** A socket with a token of these claims. */
const enter = async (underTest: ServerUnderTest, claims: Claims): Promise<Client> =>
  connectWith(await sign(underTest.clock, claims), underTest)

describe('a token', () => {
  test('[SIG47] lets into the room that it names, and into no other', async () => {
    const underTest = await serve({ tokenSecret: secret })
    const [ana, ben] = [await enter(underTest, { room: 'standup' }), await enter(underTest, { room: 'standup' })]
    ana.send(subscribe('standup', 'ana'))
    expect(await ana.received()).toEqual([{ type: 'members', topic: 'standup', peers: [], plain: 0 }])
    ben.send(subscribe('standup'))
    await ben.received()
    ben.send({ type: 'publish', topic: 'standup', data: 'hello' })
    expect(await ana.next()).toMatchObject({ data: 'hello' })
    ben.send(subscribe('standup 2'))
    expect(await ben.closed).toEqual(notAllowed)
  })

  test('[SIG47] can name several rooms', async () => {
    const underTest = await serve({ tokenSecret: secret })
    const ana = await enter(underTest, { room: ['standup', 'lobby'] })
    for (const room of ['lobby', 'standup']) ana.send(subscribe(room))
    expect(await ana.received()).toEqual([])
    ana.send(subscribe('lob'))
    expect(await ana.closed).toEqual(notAllowed)
  })

  test('[SIG47] is needed, if every room needs one, from the start', async () => {
    const { server } = await serve({ tokenSecret: secret })
    expect(await (await connect(server.url)).closed).toEqual(required)
  })

  test('[SIG47] is nothing to a server that checks none', async () => {
    const underTest = await serve()
    const ana = await connectWith('nonsense', underTest)
    ana.send(subscribe('room'))
    expect(await ana.received()).toEqual([])
  })

  test('[SIG48] that names a peer is for that peer alone', async () => {
    const underTest = await serve({ tokenSecret: secret })
    const [ana, mallory] = [
      await enter(underTest, { room: 'standup', peer: 'ana' }),
      await enter(underTest, { room: 'standup', peer: 'mallory' }),
    ]
    ana.send(subscribe('standup', 'ana'))
    ana.send(subscribe('standup'))
    expect(await ana.received()).toHaveLength(1)
    mallory.send(subscribe('standup', 'ana'))
    expect(await mallory.closed).toEqual(notAllowed)
    expect(await ana.received()).toEqual([])
  })

  test('[SIG48] of an observer hears the room, and names no peer and publishes nothing', async () => {
    const underTest = await serve({ tokenSecret: secret })
    const ana = await enter(underTest, { room: 'standup', role: 'host of the app' })
    ana.send(subscribe('standup', 'ana'))
    await ana.received()
    const observers = await Promise.all([1, 2].map(() => enter(underTest, { room: 'standup', role: 'observer' })))
    for (const observer of observers) {
      observer.send(subscribe('standup'))
      await observer.received()
    }
    ana.send({ type: 'publish', topic: 'standup', data: 'hello' })
    expect(await observers[0]?.next()).toMatchObject({ data: 'hello' })
    observers[0]?.send({ type: 'publish', topic: 'standup', data: 'me too' })
    observers[1]?.send(subscribe('standup', 'me'))
    for (const observer of observers) expect(await observer.closed).toEqual(notAllowed)
    expect(await ana.received()).toEqual([])
  })

  test.each<[string, Claims]>([
    ['no room', {}],
    ['an empty list of rooms', { room: [] }],
    ['a room that is no text', { room: { name: 'standup' } }],
    ['an empty room among others', { room: ['standup', ''] }],
    ['a peer that is no text', { room: 'standup', peer: 1 }],
    ['a peer of 65 characters', { room: 'standup', peer: 'p'.repeat(65) }],
    ['a role that is no text', { room: 'standup', role: ['observer'] }],
    ['another audience', { room: 'standup', aud: 'other' }],
    ['another issuer', { room: 'standup', iss: 'other' }],
    ['a start in the future', { room: 'standup', nbf: Date.UTC(2027, 0, 1) / 1000 }],
    ['no end', { room: 'standup', exp: undefined }],
  ])('[SIG48] with %s is invalid', async (_what, claims) => {
    const underTest = await serve({ tokenSecret: secret, tokenAudience: 'signaling', tokenIssuer: 'app' })
    const client = await enter(underTest, { aud: 'signaling', iss: 'app', ...claims })
    expect(await client.closed).toEqual(invalid)
    const fine = await enter(underTest, { aud: ['other', 'signaling'], iss: 'app', room: 'standup' })
    expect(await fine.received()).toEqual([])
  })

  test('[SIG48] that is not signed with the secret, or not at all, is invalid', async () => {
    const underTest = await serve({ tokenSecret: secret })
    const { clock } = underTest
    const claims = { room: 'standup', exp: clock.now() / 1000 + 3600 }
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const fine = await sign(clock, { room: 'standup' })
    const [head = '', body = '', signature = ''] = fine.split('.')
    for (const token of [
      '',
      'nonsense',
      '..',
      `${head}.${body}.`,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, room: 'other' })).toString('base64url')}.${signature}`,
      await sign(clock, { room: 'standup' }, `${secret}!`),
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS512' }).sign(new TextEncoder().encode(secret)),
    ]) {
      expect(await (await connectWith(token, underTest)).closed, token).toEqual(invalid)
    }
    expect(await (await connectWith(fine, underTest)).received()).toEqual([])
  })
})

describe('the end of a token', () => {
  test('[SIG49] ends its socket, after the tolerance, and no other', async () => {
    const underTest = await serve({ tokenSecret: secret, tokenToleranceMs: 2000, heartbeatMs: 2 ** 31 - 1 })
    const { clock } = underTest
    const ana = await enter(underTest, { room: 'standup', exp: clock.now() / 1000 + 10 })
    const ben = await enter(underTest, { room: 'standup', exp: clock.now() / 1000 + 20 * 86_400 })
    clock.advance(11_999)
    expect(await ana.received()).toEqual([])
    clock.advance(1)
    expect(await ana.closed).toEqual(expired)
    clock.advance(19 * 86_400_000)
    expect(await ben.received()).toEqual([])
    clock.advance(86_400_000)
    expect(await ben.closed).toEqual(expired)
  })

  test('[SIG49] before it comes is no reason to be let in later', async () => {
    const underTest = await serve({ tokenSecret: secret, tokenToleranceMs: 2000 })
    const token = await sign(underTest.clock, { room: 'standup', exp: underTest.clock.now() / 1000 + 10 })
    underTest.clock.advance(11_000)
    expect(await (await connectWith(token, underTest)).received()).toEqual([])
    underTest.clock.advance(1000)
    expect(await (await connectWith(token, underTest)).closed).toEqual(expired)
  })

  test('[SIG49] leaves no timer behind a socket that has gone', async () => {
    const underTest = await serve({ tokenSecret: secret })
    await enter(underTest, { room: 'standup' })
    expect(underTest.clock.waiting).toBe(2)
    await underTest.server.close()
    expect(underTest.clock.waiting).toBe(0)
  })
})

describe('keys behind an address', () => {
  const openKeys = async () => {
    const { privateKey, publicKey } = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one' }
    let status = 200
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }))
    })
    server.listen(0, 'localhost')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const tokenJwks = `http://localhost:${(server.address() as AddressInfo).port}/keys`
    return { privateKey, jwk, tokenJwks, setStatus: (next: number) => (status = next) }
  }

  test('[SIG47] check tokens, but none that is signed with what everybody can read there', async () => {
    const { privateKey, jwk, tokenJwks } = await openKeys()
    const underTest = await serve({ tokenJwks, tokenAudience: 'signaling' })
    const claims = { room: 'standup', aud: 'signaling' }
    const ana = await connectWith(await sign(underTest.clock, claims, privateKey), underTest)
    ana.send(subscribe('standup'))
    expect(await ana.received()).toEqual([])
    for (const wrong of [
      await sign(underTest.clock, { room: 'standup' }, privateKey),
      await sign(underTest.clock, claims, JSON.stringify(jwk)),
      await sign(underTest.clock, claims, (await openKeys()).privateKey),
    ]) {
      expect(await (await connectWith(wrong, underTest)).closed).toEqual(invalid)
    }
  })

  test('[SIG47] that cannot be had let nobody in, until they can', async () => {
    const { privateKey, tokenJwks, setStatus } = await openKeys()
    const log = keepLog()
    const underTest = await serve({ tokenJwks, tokenAudience: 'signaling', logDestination: log.destination })
    const token = await sign(underTest.clock, { room: 'standup', aud: 'signaling' }, privateKey)
    setStatus(500)
    for (const count of [1, 2]) await expect(connectWith(token, underTest), `${count}`).rejects.toThrow('503')
    expect(log.lines().map(({ msg }) => msg)).toEqual(['listening', 'tokens cannot be checked'])
    setStatus(200)
    expect(await (await connectWith(token, underTest)).received()).toEqual([])
    expect(log.text()).not.toContain(token)
  })

  /** Keys that are asked for, and answered with when the test says so. */
  const openSlowKeys = async () => {
    const server = createServer()
    const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>
    server.listen(0, 'localhost')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return { asked, tokenJwks: `http://localhost:${(server.address() as AddressInfo).port}/keys` }
  }

  test('[SIG28] that are still being asked for do not hold up a server that closes', async () => {
    const { asked, tokenJwks } = await openSlowKeys()
    const underTest = await serve({ tokenJwks, tokenAudience: 'signaling' })
    const token = await sign(underTest.clock, {}, (await openKeys()).privateKey)
    const refused = expect(connectWith(token, underTest)).rejects.toThrow('socket hang up')
    await asked
    await underTest.server.close()
    await refused
  })

  test('[SIG40] that come when the server drains already let nobody in', async () => {
    const { asked, tokenJwks } = await openSlowKeys()
    const { privateKey, jwk } = await openKeys()
    const policy = [{ prefix: 'open/', access: 'open' }] as const
    const underTest = await serve({ tokenJwks, tokenAudience: 'signaling', policy, drainMs: 4000 })
    const [ana] = await underTest.open(1)
    const token = await sign(underTest.clock, { room: 'standup', aud: 'signaling' }, privateKey)
    const refused = expect(connectWith(token, underTest)).rejects.toThrow('503')
    const [, response] = await asked
    const drained = underTest.server.drain()
    response.end(JSON.stringify({ keys: [jwk] }))
    await refused
    underTest.clock.advance(4000)
    expect(await ana.closed).toEqual({ code: 1012, reason: 'server moving' })
    await drained
  })
})

describe('the policy', () => {
  const policy = [
    { prefix: 'team/', access: 'token' },
    { prefix: 'team/lobby', access: 'open' },
    { prefix: '', access: 'open' },
  ] as const

  test('[SIG50] of the longest prefix that fits holds, with a token and without', async () => {
    const underTest = await serve({ tokenSecret: secret, policy })
    const plain = await connect(underTest.server.url)
    const member = await enter(underTest, { room: 'team/red', peer: 'ana' })
    for (const topic of ['anything', 'team', 'team/lobby 2']) {
      plain.send(subscribe(topic, 'whoever'))
      member.send(subscribe(topic, 'whoever'))
    }
    member.send(subscribe('team/red', 'ana'))
    expect(await plain.received()).toHaveLength(3)
    expect(await member.received()).toContainEqual({ type: 'members', topic: 'team/red', peers: [], plain: 0 })
    plain.send(subscribe('team/red'))
    expect(await plain.closed).toEqual(required)
    member.send(subscribe('team/blue'))
    expect(await member.closed).toEqual(notAllowed)
  })

  test('[SIG50] asks for a token wherever no prefix fits, if tokens can be checked', async () => {
    const { server } = await serve({ tokenSecret: secret, policy: [{ prefix: 'open/', access: 'open' }] })
    const ana = await connect(server.url)
    ana.send(subscribe('open/room'))
    expect(await ana.received()).toEqual([])
    ana.send(subscribe('room'))
    expect(await ana.closed).toEqual(required)
  })

  test('[SIG50] lets an observer speak where nobody needs a token', async () => {
    const underTest = await serve({ tokenSecret: secret, policy })
    const observer = await enter(underTest, { room: 'team/red', role: 'observer' })
    observer.send(subscribe('open'))
    observer.send({ type: 'publish', topic: 'open', data: 1 })
    expect(await observer.received()).toEqual([])
  })
})

test.each<[SignalingOptions, string]>([
  [{ tokenSecret: 'short' }, 'tokenSecret must be a secret of at least 32 bytes'],
  [{ tokenJwks: 'file:///keys' }, 'tokenJwks must be an http or https address, not '],
  [{ tokenSecret: secret, tokenJwks: 'https://x.example/' }, 'tokenSecret and tokenJwks cannot both be set'],
  [{ tokenJwks: 'https://x.example/' }, 'tokenJwks needs tokenAudience'],
  [{ policy: [{ prefix: '', access: 'token' }] }, 'policy asks for tokens, which need tokenSecret or tokenJwks'],
])('[SIG27] a server with %j does not start', async (options, sentence) => {
  const started = createSignalingServer({ port: 0, ...options })
  await expect(started).rejects.toThrow(RangeError)
  await expect(started).rejects.toThrow(sentence)
  await expect(started).rejects.not.toThrow('short')
})
