import { expect, test } from 'vitest'
import { createNetwork, type Faults } from '../../src/testing/index.js'
import { Crowd, expectQuiet, forSeeds } from './crowd.js'

const joinTwo = async () => {
  const network = createNetwork({ seed: 3 })
  const [a, b] = [await network.join({ room: 'lab' }), await network.join({ room: 'lab' })]
  await network.settle()
  const heard: unknown[] = []
  b.on('message', ({ data }) => heard.push(data))
  return { network, a, b, heard }
}

test('[TEST6] drop loses messages, and the link stays', async () => {
  const { network, a, b, heard } = await joinTwo()
  await network.faults({ drop: 1 })
  a.store.set('topic', 'Food?')
  a.send('lost')
  await network.settle()
  await network.faults({ drop: 0 })
  a.send('heard')
  await network.settle()
  expect(heard).toEqual(['heard'])
  expect(b.store.get('topic')).toBeNull()
  await network.advance(30_000)
  expect(b.store.get('topic')).toBe('Food?')
  expect(network.trace.filter(({ type }) => type === 'unlink')).toEqual([])
})

test('[TEST6] duplicate brings messages twice, and nobody is told twice', async () => {
  const { network, a, heard } = await joinTwo()
  await network.faults({ duplicate: 1 })
  const before = network.trace.length
  a.send('once')
  await network.settle()
  expect(network.trace.slice(before)).toMatchObject([
    { type: 'duplicated', message: 'post' },
    { type: 'sent', message: 'post' },
    { type: 'sent', message: 'post' },
    { type: 'arrived', message: 'post' },
    { type: 'arrived', message: 'post' },
  ])
  expect(heard).toEqual(['once'])
})

test('[TEST6] reorder lets the next message overtake, and only the next', async () => {
  const { network, a, b } = await joinTwo()
  await network.faults({ reorder: 1 })
  a.store.set('first', 1)
  await network.deliver()
  expect(b.store.get('first')).toBe(1)
  await network.faults({ reorder: 0.5 })
  for (let count = 0; count < 20; count++) a.send(count)
  await network.settle()
  expect(network.trace.filter(({ type }) => type === 'overtaken').length).toBeGreaterThan(2)
})

test('[TEST6] what is delayed waits for the clock, and settle ends all the same', async () => {
  const { network, a, heard } = await joinTwo()
  await network.faults({ delayMs: 300 })
  a.send('late')
  await network.settle()
  expect(await network.deliver()).toBe(false)
  await network.advance(299)
  expect(heard).toEqual([])
  await network.advance(1)
  expect(heard).toEqual(['late'])
  a.send('later')
  await network.settle()
  await network.faults({})
  await network.settle()
  expect(heard).toEqual(['late', 'later'])
})

test('[TEST6] leaving takes along what is late', async () => {
  const { network, a, b } = await joinTwo()
  await network.faults({ delayMs: 300 })
  a.store.set('topic', 'Food?')
  await network.settle()
  await a.leave()
  await network.settle()
  expect(b.store.get('topic')).toBe('Food?')
  expect(b.peers).toEqual([])
})

test('[TEST6] faults that cannot be are refused', async () => {
  const network = createNetwork()
  const bad: Faults[] = [{ drop: 2 }, { duplicate: -1 }, { reorder: NaN }, { delayMs: [2, 1] }, { delayMs: Infinity }]
  for (const faults of bad) await expect(network.faults(faults)).rejects.toMatchObject({ code: 'invalid-option' })
})

test('[TEST6] once they end, everything in reach is linked, synced and acknowledged, and nobody was blamed', () =>
  forSeeds('test/testing/faults.test.ts', 60, async seed => {
    const crowd = new Crowd({ seed, crashes: seed % 3 === 0 ? 'any time' : 'never', faults: 'any' })
    for (let step = 0; step < 60; step++) {
      await crowd.step()
      if (step % 10 === 9) await crowd.network.advance(crowd.below(2000))
    }
    await crowd.network.faults({})
    await crowd.heal()
    crowd.connectAll()
    await crowd.network.settle()
    if (seed % 3 === 0) await crowd.network.advance(5000)
    await expectQuiet(crowd.rooms)
    expect(crowd.errors).toEqual([])
    await Promise.all(crowd.rooms.map(room => room.leave()))
  }))

test('[TEST6] [SYNC2] [SYNC6] what was lost is found in time, also if no link is made anew', () =>
  forSeeds('test/testing/faults.test.ts', 15, async seed => {
    const crowd = new Crowd({ seed, crashes: 'never', faults: 'any' })
    for (let step = 0; step < 60; step++) await crowd.step()
    await crowd.network.faults({ drop: 0 })
    await crowd.heal()
    crowd.connectAll()
    await crowd.network.advance(300_000)
    for (const room of crowd.rooms) expect(room.store.getAll()).toEqual(crowd.rooms[0]?.store.getAll())
    expect(crowd.errors).toEqual([])
  }))
