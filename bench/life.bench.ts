import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { createSignalingServer } from '../signaling/src/index.js'
import { openLab } from '../test/support/lab.js'
import { createPatchyNetwork, type Access, type PatchyNetwork } from '../test/support/patchy-network.js'
import { until } from '../test/support/until.js'
import type * as page from './life-page.js'
import { printTable } from './table.js'

declare const lab: typeof page

const systems: readonly page.System[] = ['hearth', 'y-webrtc']

/** Who is in the room before. */
const crowds = [0, 1, 7]
const rounds = 7
/** What has not happened by then has not happened. */
const joinWithinMs = 5000

type Place = { readonly open: () => Promise<Page>; readonly signaling: string }

const joinOne = (at: Page, system: page.System, room: string, signaling: string, awaited: string | null) =>
  at.evaluate(given => lab.join(given), { system, room, signaling, awaited, withinMs: joinWithinMs })

const untilLinked = (peers: readonly Page[], system: page.System, links: number) =>
  until(
    async () => {
      const counts = await Promise.all(peers.map(each => each.evaluate(name => lab.linked(name), system)))
      return counts.every(count => count >= links)
    },
    { what: `${system}: ${peers.length} peers linked to ${links} others each` },
  )

// --- joining ----------------------------------------------------------------------------------------------------

/** The room's first peers, which stay: one after the other, as y-webrtc does not always survive two that come at once. */
const settle = async (crowd: number, room: string, { open, signaling }: Place): Promise<readonly Page[]> => {
  const peers: Page[] = []
  while (peers.length < crowd) {
    const at = await open()
    peers.push(at)
    for (const system of systems) {
      await joinOne(at, system, room, signaling, peers.length === 1 ? null : 'mark')
      await at.evaluate(name => lab.write(name, 'mark'), system)
      const linked = untilLinked(peers, system, peers.length - 1)
      // A link of y-webrtc may never come up: then it is measured without that link.
      await (system === 'hearth' ? linked : linked.catch(() => {}))
    }
  }
  return peers
}

type Arrivals = Record<page.System, page.Arrival[]>

const measureJoins = async (crowd: number, place: Place): Promise<Arrivals> => {
  const arrivals: Arrivals = { hearth: [], 'y-webrtc': [] }
  const room = `crowd of ${crowd}`
  const peers = await settle(crowd, room, place)
  for (let round = 0; round <= rounds; round++) {
    const at = await place.open()
    // Who is first changes by turns, so that whatever else the machine does meets both alike.
    for (const system of round % 2 === 0 ? systems : systems.toReversed()) {
      const arrival =
        crowd === 0
          ? await joinOne(at, system, `${room}, ${round}`, place.signaling, null)
          : await joinOne(at, system, room, place.signaling, 'mark')
      // In the first round everybody's code is compiled.
      if (round > 0) arrivals[system].push(arrival)
      await at.evaluate(name => lab.leave(name), system)
    }
    await at.context().close()
  }
  await Promise.all(peers.map(each => each.context().close()))
  return arrivals
}

// --- the network's return ---------------------------------------------------------------------------------------

const pairs = 4
const convergeWithinMs = 15_000

type Outage = {
  readonly name: string
  readonly awayMs: number
  go(side: Side): Promise<void>
  comeBack(side: Side): Promise<void>
}
type Side = { readonly at: Page; readonly access: Access }

const network = (awayMs: number): Outage => ({
  name: `the network away for ${awayMs / 1000} s`,
  awayMs,
  go: async ({ at, access }) => {
    access.cut()
    await at.context().setOffline(true)
  },
  comeBack: async ({ at, access }) => {
    access.mend()
    await at.context().setOffline(false)
  },
})
const asked: Outage = {
  name: 'disconnect(), 3 s, connect()',
  awayMs: 3000,
  go: ({ at }) => at.evaluate(() => (['hearth', 'y-webrtc'] as const).forEach(each => lab.disconnect(each))),
  comeBack: ({ at }) => at.evaluate(() => (['hearth', 'y-webrtc'] as const).forEach(each => lab.connect(each))),
}
const outages = [asked, network(10_000), network(40_000)]

/** Milliseconds from the return until both sides had what the other one wrote meanwhile; null if not in time. */
type Returns = Record<page.System, (number | null)[]>

const measurePair = async (outage: Outage, room: string, patchy: PatchyNetwork, open: Place['open']) => {
  const [side, other] = [
    { at: await open(), access: await patchy.openAccess() },
    { at: await open(), access: await patchy.openAccess() },
  ] as const
  for (const system of systems) {
    await joinOne(side.at, system, room, side.access.signaling, null)
    await side.at.evaluate(name => lab.write(name, 'mark'), system)
    await joinOne(other.at, system, room, other.access.signaling, 'mark')
    await untilLinked([side.at, other.at], system, 1)
  }
  await outage.go(side)
  await new Promise(resolve => setTimeout(resolve, outage.awayMs / 2))
  for (const system of systems) {
    await side.at.evaluate(name => lab.write(name, 'from one'), system)
    await other.at.evaluate(name => lab.write(name, 'from the other'), system)
  }
  await new Promise(resolve => setTimeout(resolve, outage.awayMs / 2))
  const backAt = Date.now()
  await outage.comeBack(side)
  const took = async (system: page.System): Promise<number | null> => {
    const seen = async () => {
      const here = await side.at.evaluate(name => lab.seen(name), system)
      const there = await other.at.evaluate(name => lab.seen(name), system)
      const [one, another] = [here['from the other'], there['from one']]
      return one !== undefined && another !== undefined && Math.max(one, another) - backAt
    }
    return until(seen, { what: 'both', withinMs: convergeWithinMs }).catch(() => null)
  }
  const [hearth, plain] = await Promise.all([took('hearth'), took('y-webrtc')])
  await Promise.all([side.at, other.at].map(each => each.context().close()))
  return { hearth, 'y-webrtc': plain }
}

const measureReturns = async (outage: Outage, patchy: PatchyNetwork, open: Place['open']): Promise<Returns> => {
  const names = Array.from({ length: pairs }, (_, pair) => `${outage.name}, ${pair}`)
  const results = await Promise.all(names.map(name => measurePair(outage, name, patchy, open)))
  return { hearth: results.map(({ hearth }) => hearth), 'y-webrtc': results.map(result => result['y-webrtc']) }
}

// --- what is printed --------------------------------------------------------------------------------------------

const median = (samples: readonly number[]): number =>
  samples.toSorted((a, b) => a - b)[Math.floor((samples.length - 1) / 2)] ?? NaN

/** What was reached, of how many, and how long that took: in the middle, and in terms of `of`. */
const cell = (all: readonly (number | null)[], of: readonly (number | null)[]): string => {
  const reached = all.filter(ms => ms !== null)
  const base = of.filter(ms => ms !== null)
  const counted = `${reached.length} of ${all.length}`
  if (reached.length === 0) return counted
  const ms = median(reached)
  return `${counted}, ${ms.toFixed(0)} ms${all === of ? '' : `, ${(ms / median(base)).toFixed(1)} times`}`
}

const printJoins = (all: readonly Arrivals[]): void => {
  const cellsOf = (system: page.System, what: keyof page.Arrival) =>
    all.map((arrivals, i) => {
      if (what === 'dataMs' && crowds[i] === 0) return 'there is none'
      const base = arrivals.hearth.map(({ saidMs }) => saidMs)
      const isBase = system === 'hearth' && what === 'saidMs'
      return cell(isBase ? base : arrivals[system].map(arrival => arrival[what]), base)
    })
  printTable([
    [`of ${rounds}, within ${joinWithinMs / 1000} s; with in the room`, ...crowds.map(String)],
    ['Hearth: joinRoom resolves', ...cellsOf('hearth', 'saidMs')],
    ['Hearth: what was written is there', ...cellsOf('hearth', 'dataMs')],
    ['plain y-webrtc: synced', ...cellsOf('y-webrtc', 'saidMs')],
    ['plain y-webrtc: what was written is there', ...cellsOf('y-webrtc', 'dataMs')],
  ])
}

const printReturns = (all: readonly Returns[]): void => {
  const row = (name: string, system: page.System) => [
    name,
    ...all.map(returns =>
      system === 'hearth' ? cell(returns.hearth, returns.hearth) : cell(returns[system], returns.hearth),
    ),
  ]
  printTable([
    [`from the return to both having all, within ${convergeWithinMs / 1000} s`, ...outages.map(({ name }) => name)],
    row('Hearth', 'hearth'),
    row('plain y-webrtc', 'y-webrtc'),
  ])
}

/** How long it takes to be in a room, and to be back in it, in real Chromium pages. */
export async function run(): Promise<void> {
  const signaling = await createSignalingServer({ port: 0, host: '127.0.0.1' })
  const opened = await openLab(join(import.meta.dirname, 'life-page.ts'))
  const patchy = createPatchyNetwork(() => signaling.url)
  try {
    const open = () => opened.openPage()
    const arrivals: Arrivals[] = []
    for (const crowd of crowds) arrivals.push(await measureJoins(crowd, { open, signaling: signaling.url }))
    printJoins(arrivals)
    const returns: Returns[] = []
    for (const outage of outages) returns.push(await measureReturns(outage, patchy, open))
    printReturns(returns)
    const reached = [
      ...returns.flatMap(({ hearth }) => hearth),
      ...arrivals.flatMap(each => each.hearth.map(({ saidMs }) => saidMs)),
    ]
    if (reached.includes(null)) {
      // Told at the end of the process, so that the other benchmarks run.
      process.exitCode = 1
      console.log('  NOT AS IT MUST BE: a peer of Hearth was not there, or not back, in time')
    }
    if (opened.pageErrors.length > 0) console.log(`  errors in pages: ${[...new Set(opened.pageErrors)].join('\n')}`)
  } finally {
    await opened.close()
    await patchy.close()
    await signaling.close()
  }
}
