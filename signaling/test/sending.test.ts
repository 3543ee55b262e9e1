import { expect, test } from 'vitest'
import { serve } from './support/serve.js'

const subscription = { type: 'subscribe', topics: ['room'] }
const publishOf = (data: unknown) => ({ type: 'publish', topic: 'room', data })

test('[SIG5] data arrives unchanged at every length that frames tell in another way', async () => {
  const { open } = await serve({ maxPoints: 1_000_000 })
  const [ana, ben] = await open(2)
  for (const client of [ana, ben]) client.send(subscription)
  await Promise.all([ana.received(), ben.received()])
  const frame = JSON.stringify({ ...publishOf(''), clients: 2 })
  // What comes in is shorter by the `clients` that it goes out with, so the longest of these is more than may come in.
  const lengths = [125, 126, 127, 65_535, 65_536, 65_540].map(bytes => bytes - frame.length)
  const texts = [...lengths.map(length => 'x'.repeat(length)), 'é'.repeat(50), '😀'.repeat(40)]
  for (const text of texts) ana.send(publishOf(text))
  await ana.received()
  expect(await ben.received()).toEqual(texts.map(text => ({ ...publishOf(text), clients: 2 })))
})

test('[SIG24] what comes for a socket all at once is no backlog', async () => {
  const { open } = await serve({ maxBufferedBytes: 1024 })
  const [ana, ben] = await open(2)
  for (const client of [ana, ben]) client.send(subscription)
  await Promise.all([ana.received(), ben.received()])
  const numbers = Array.from({ length: 200 }, (_, number) => number)
  // In one piece, so that the server reads all of it in one turn.
  for (const number of numbers) ana.send(publishOf({ number, rest: 'x'.repeat(100) }))
  await ana.received()
  const heard = (await ben.received()) as { data: { number: number } }[]
  expect(heard.map(({ data }) => data.number)).toEqual(numbers)
})
