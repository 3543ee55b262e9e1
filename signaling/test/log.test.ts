import { expect, test } from 'vitest'
import { createLog } from '../src/log.js'
import { createManualClock } from './support/manual-clock.js'
import { keepLog } from './support/log-lines.js'
import { serve } from './support/serve.js'

const clock = createManualClock()

test('[SIG39] a life is told at info, the clients only at debug', async () => {
  for (const [logLevel, messages] of [
    ['info', ['listening', 'stopped']],
    ['debug', ['listening', 'socket opened', 'socket rejected', 'socket closed', 'stopped']],
    ['silent', []],
  ] as const) {
    const log = keepLog()
    const { server, open, clock } = await serve({ logDestination: log.destination, logLevel })
    const [ana] = await open(1)
    ana.send('nonsense')
    await ana.closed
    await server.close()
    expect(log.lines().map(({ msg }) => msg)).toEqual(messages)
    for (const { time } of log.lines()) expect(time).toBe(clock.now())
  }
})

test('[SIG39] no address, room, peer or word of theirs is in it, whatever they do', async () => {
  const log = keepLog()
  const { server, open } = await serve({ logDestination: log.destination, logLevel: 'debug', maxTopicsPerSocket: 1 })
  const [ana, ben] = await open(2)
  for (const client of [ana, ben]) client.send({ type: 'subscribe', topics: ['secret room'], peer: 'secret peer' })
  await ben.received()
  ana.send({ type: 'publish', topic: 'secret room', data: { sdp: 'secret offer' } })
  await ben.next()
  ben.send({ type: 'subscribe', topics: ['secret second room'] })
  await ben.closed
  ana.send('{"type":"publish","data":"secret nonsense"}')
  await ana.closed
  await server.close()
  expect(log.lines().filter(({ msg }) => msg === 'socket rejected')).toHaveLength(2)
  expect(log.text()).not.toMatch(/secret|127\.0\.0\.1|::1/)
})

test('[SIG39] a name is the same throughout a process, another in the next, and itself if asked for', () => {
  const settings = { logDestination: keepLog().destination, logLevel: 'info', logNames: false, clock } as const
  const log = createLog(settings)
  expect(log.hide('room')).toBe(log.hide('room'))
  expect(log.hide('room')).not.toBe(log.hide('rooms'))
  expect(log.hide('room')).not.toBe(createLog(settings).hide('room'))
  expect(createLog({ ...settings, logNames: true }).hide('room')).toBe('room')
})

test('[SIG39] a fault is logged and told', async () => {
  const log = keepLog()
  let broken = false
  const faulty = {
    ...clock,
    monotonic: () => {
      if (broken) throw new Error('the clock fell off the wall')
      return 0
    },
  }
  const { open, faults } = await serve({ logDestination: log.destination, clock: faulty })
  const [ana] = await open(1)
  broken = true
  ana.send({ type: 'ping' })
  await ana.closed
  expect(faults).toHaveLength(1)
  expect(log.lines()).toContainEqual(
    expect.objectContaining({ msg: 'fault', err: expect.objectContaining({ message: 'the clock fell off the wall' }) }),
  )
})
