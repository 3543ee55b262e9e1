import { expect, test } from 'vitest'
import { keepRedisLink, type LinkEvents } from '../src/redis-reconnection.js'
import type { RedisLink } from '../src/redis-link.js'
import { createManualClock } from './support/manual-clock.js'

/** Links that do what the test says, of which the last one is at hand. */
const keep = (random: () => number) => {
  const clock = createManualClock()
  const opened: (LinkEvents & { readonly openedAt: number })[] = []
  const reported: string[] = []
  let [up, down, ended] = [0, 0, 0]
  const link: RedisLink = {
    run: async () => null,
    subscribe: () => undefined,
    unsubscribe: () => undefined,
    publish: () => undefined,
    end: async () => void (ended += 1),
  }
  const kept = keepRedisLink({
    open: events => {
      opened.push({ ...events, openedAt: clock.monotonic() })
      return link
    },
    clock,
    random,
    maxDelayMs: 1500,
    steadyMs: 2000,
    onUp: () => (up += 1),
    onDown: () => (down += 1),
    onError: error => reported.push(String(error)),
  })
  const last = () => {
    const found = opened.at(-1)
    if (!found) throw new Error('none was opened')
    return found
  }
  return { clock, kept, link, opened, reported, last, counts: () => ({ up, down, ended }) }
}

/** How long it waits before each of these attempts. */
const delaysOf = (random: () => number, attempts: number): number[] => {
  const { clock, opened, last } = keep(random)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    last().onEnd(new Error('refused'))
    clock.advance(10_000)
  }
  return opened.slice(1).map(({ openedAt }, index) => openedAt - index * 10_000)
}

test('[SIG61] attempts come after longer and longer times, up to the longest, and differ from node to node', () => {
  expect(delaysOf(() => 1, 8)).toEqual([50, 100, 200, 400, 800, 1500, 1500, 1500])
  expect(delaysOf(() => 0, 8)).toEqual([25, 50, 100, 200, 400, 750, 750, 750])
  expect(delaysOf(() => 1, 2000).at(-1)).toBe(1500)
})

test('[SIG61] a link that has been up for long begins with short times again, one that ends at once does not', () => {
  const { clock, opened, last } = keep(() => 1)
  for (const upForMs of [0, 0, 0, 5000, 0]) {
    last().onUp()
    clock.advance(upForMs)
    const endedAt = clock.monotonic()
    last().onEnd(new Error('over'))
    const before = opened.length
    while (opened.length === before) clock.advance(1)
    expect(clock.monotonic() - endedAt).toBe({ 0: 50, 1: 100, 2: 200, 3: 50, 4: 100 }[before - 1])
  }
})

test('[SIG61] each reason is told once, also one without words', () => {
  const { clock, last, reported } = keep(() => 1)
  const nameless = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  for (const error of [nameless, nameless, new Error('wrong password'), new Error('wrong password'), nameless]) {
    last().onEnd(error)
    clock.advance(1500)
  }
  const [refused, wrong] = ['ECONNREFUSED', 'wrong password'].map(reason => `Error: Redis cannot be used: ${reason}`)
  expect(reported).toEqual([refused, wrong, refused])
})

test('[SIG61] it is there between up and end, and closing ends it for good', async () => {
  const { clock, kept, link, last, opened, counts } = keep(() => 1)
  expect(kept.link).toBeNull()
  last().onUp()
  expect(kept.link).toBe(link)
  last().onEnd(new Error('over'))
  expect(kept.link).toBeNull()
  expect(counts()).toEqual({ up: 1, down: 1, ended: 1 })
  await kept.close()
  clock.advance(10_000)
  expect(opened).toHaveLength(1)
  expect(clock.waiting).toBe(0)
})
