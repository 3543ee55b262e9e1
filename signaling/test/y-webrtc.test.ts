import { fork, type ChildProcess } from 'node:child_process'
import { on, once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { serve } from './support/serve.js'

const program = join(import.meta.dirname, 'support/y-webrtc-peer.mjs')

const startPeer = (url: string, name: string, password: string | undefined): ChildProcess => {
  const child = fork(program, [url, 'room', name, ...(password === undefined ? [] : [password])])
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Resolves when the peer has both names in its document. */
const seesBoth = async (peer: ChildProcess): Promise<void> => {
  for await (const [message] of on(peer, 'message', { close: ['exit'] })) {
    if (JSON.stringify(message) === '{"names":["ana","ben"]}') return
  }
  throw new Error('the peer ended before it saw both names')
}

test.each([
  ['without a password', undefined],
  ['with a password', 'secret'],
])('[SIG9] two unchanged y-webrtc clients sync a document, %s', { timeout: 30_000 }, async (_what, password) => {
  const { server, open, clock } = await serve()
  const [watcher] = await open(1)
  watcher.send({ type: 'subscribe', topics: ['room'], peer: 'watcher' })
  await watcher.received()

  const ana = startPeer(server.url, 'ana', password)
  const anaSees = seesBoth(ana)
  // Ana is in the room before Ben comes: y-webrtc does not always survive two announces that cross.
  expect(await watcher.next()).toMatchObject({ type: 'publish', clients: 2 })
  const ben = startPeer(server.url, 'ben', password)
  await Promise.all([anaSees, seesBoth(ben)])

  clock.advance(250)
  expect(await watcher.received()).toContainEqual({ type: 'members', topic: 'room', peers: [], plain: 2 })
  for (const peer of [ana, ben]) {
    const exited = once(peer, 'exit')
    peer.send('stop')
    expect(await exited).toEqual([0, null])
  }
})
