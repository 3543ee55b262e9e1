import { readFile, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createSignalingServer } from '../src/index.js'
import { connect } from './support/client.js'
import { createCertificate } from './support/certificate.js'
import { serve } from './support/serve.js'

const certificate = async () => {
  const made = await createCertificate()
  onTestFinished(() => made.remove())
  return made
}

test('[SIG41] with a certificate and its key it speaks TLS itself', async () => {
  const { tlsCert, tlsKey, ca } = await certificate()
  const { server } = await serve({ tlsCert, tlsKey })
  expect(server.url).toBe(`wss://localhost:${server.port}`)
  const client = await connect(server.url, { ca })
  client.send({ type: 'subscribe', topics: ['room'], peer: 'ana' })
  expect(await client.received()).toEqual([{ type: 'members', topic: 'room', peers: [], plain: 0 }])
  const request = get(`https://localhost:${server.port}/healthz`, { ca, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(200)
  response.resume()
})

test('[SIG28] a connection that never begins its TLS handshake is cut like others', async () => {
  const { tlsCert, tlsKey, ca } = await certificate()
  const { server, clock } = await serve({ tlsCert, tlsKey, handshakeTimeoutMs: 600_000 })
  const mute = connectTcp(server.port, 'localhost')
  const cut = once(mute, 'close')
  mute.resume()
  await once(mute, 'connect')
  // Connections are taken in the order in which they come.
  await connect(server.url, { ca })
  const closed = server.close()
  clock.advance(200)
  await Promise.all([closed, cut])
})

test('[SIG41] one without the other, or what is neither, does not start', async () => {
  const { tlsCert, tlsKey } = await certificate()
  const start = (options: object) => createSignalingServer({ port: 0, ...options })
  await expect(start({ tlsCert })).rejects.toThrow('tlsCert and tlsKey must be set together, or neither')
  await expect(start({ tlsCert, tlsKey: '/nowhere/at/all' })).rejects.toThrow('/nowhere/at/all')
  await writeFile(tlsKey, await readFile(tlsCert))
  await expect(start({ tlsCert, tlsKey })).rejects.toThrow(`${tlsCert} and ${tlsKey} are no certificate and its key`)
})
