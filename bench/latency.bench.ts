import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { createSignalingServer } from '../signaling/src/index.js'
import { until } from '../test/support/until.js'
import { openIsolatedLab } from './isolated-lab.js'
import type * as page from './latency-page.js'
import { printTable } from './table.js'

declare const lab: typeof page

/** Per direction, in turns, so that a change in the machine's load meets both alike. */
const turns = 6
const roundsPerTurn = 50
/** Before anything counts: engines compile what runs often. */
const warmUpRounds = 60
const pauseMs = 10

type Samples = Record<page.System, number[]>

/** Links two pages three times over. */
const linkPages = async (ana: Page, ben: Page, signaling: string): Promise<void> => {
  const offer = await ana.evaluate(() => lab.describe())
  const answer = await ben.evaluate(theirs => lab.describe(theirs), offer)
  await ana.evaluate(theirs => lab.describe(theirs), answer)
  for (const each of [ana, ben]) await each.evaluate(url => lab.join(url), signaling)
  for (const each of [ana, ben]) {
    let missing: page.System[] = []
    const isLinked = async () => (missing = await each.evaluate(() => lab.unlinked())).length === 0
    await until(isLinked, { what: () => `a link between two pages: ${missing.join(', ')}`, withinMs: 20_000 })
  }
}

/** Milliseconds from each write in one page to where the other one sees it, by the clocks of the two. */
const measure = async (from: Page, to: Page, first: number, rounds: number): Promise<Samples> => {
  const given = [first, rounds, pauseMs] as const
  const written = await from.evaluate(([tick, count, pause]) => lab.writeRounds(tick, count, pause), given)
  const seen = await to.evaluate(() => lab.seenTimes())
  const took = (system: page.System) =>
    Array.from({ length: rounds }, (_, i) => {
      const ms = (seen[system][first + i] ?? NaN) - (written[system][first + i] ?? NaN)
      if (Number.isNaN(ms)) throw new Error(`${system}: write ${first + i} was never seen`)
      return ms
    })
  return { bare: took('bare'), hearth: took('hearth'), 'y-webrtc': took('y-webrtc') }
}

/**
 * One-way times need one clock. The two pages read the machine's monotonic clock, each from an origin of its own that
 * its process put on the wall clock; the origins can be off against each other by a constant. It adds to the way there
 * what it takes from the way back: with the fastest bare frame of each way taken as equally fast, it is half their
 * difference. A round trip, halved, would need no clock, but then the answer would be written as the question is read.
 */
const takeOutOffset = (there: Samples, back: Samples): Samples => {
  const offsetMs = (Math.min(...there.bare) - Math.min(...back.bare)) / 2
  const pool = (system: page.System) => [
    ...there[system].map(ms => ms - offsetMs),
    ...back[system].map(ms => ms + offsetMs),
  ]
  return { bare: pool('bare'), hearth: pool('hearth'), 'y-webrtc': pool('y-webrtc') }
}

const quantile = (samples: readonly number[], share: number): number =>
  samples.toSorted((a, b) => a - b)[Math.floor(share * (samples.length - 1))] ?? NaN

const merge = (parts: readonly Samples[], system: page.System) => parts.flatMap(part => part[system])
const mergeAll = (parts: readonly Samples[]): Samples => ({
  bare: merge(parts, 'bare'),
  hearth: merge(parts, 'hearth'),
  'y-webrtc': merge(parts, 'y-webrtc'),
})

const print = (samples: Samples): void => {
  const cells = (system: page.System, share: number) => {
    const ms = quantile(samples[system], share)
    return [`${ms.toFixed(2)} ms`, `${(ms / quantile(samples.bare, share)).toFixed(2)} times`]
  }
  const row = (name: string, system: page.System) => [name, ...cells(system, 0.5), ...cells(system, 0.95)]
  printTable([
    [`${samples.bare.length} one-way samples of each`, 'median', 'of bare', 'p95', 'of bare'],
    row('bare RTCDataChannel, send to message', 'bare'),
    row('Hearth, set to observe (aim: 1.30 times)', 'hearth'),
    row('plain y-webrtc, Y.Map set to observe', 'y-webrtc'),
  ])
}

/** From a write to where another browser context sees it, beside what the same browsers need for a bare frame. */
export async function run(): Promise<void> {
  const signaling = await createSignalingServer({ port: 0, host: '127.0.0.1' })
  const opened = await openIsolatedLab(join(import.meta.dirname, 'latency-page.ts'))
  try {
    const [ana, ben] = [await opened.openPage(), await opened.openPage()]
    await linkPages(ana, ben, signaling.url)
    let tick = 1
    const next = (from: Page, to: Page, rounds: number) => {
      tick += rounds
      return measure(from, to, tick - rounds, rounds)
    }
    await next(ana, ben, warmUpRounds)
    await next(ben, ana, warmUpRounds)
    const there: Samples[] = []
    const back: Samples[] = []
    for (let turn = 0; turn < turns; turn++) {
      there.push(await next(ana, ben, roundsPerTurn))
      back.push(await next(ben, ana, roundsPerTurn))
    }
    print(takeOutOffset(mergeAll(there), mergeAll(back)))
  } finally {
    await opened.close()
    await signaling.close()
  }
}
