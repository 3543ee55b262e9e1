import { isDeepStrictEqual } from 'node:util'
import { exchange, openPeer } from './hearth-peer.js'
import { kindLoads, type KindLoad } from './kinds/loads.js'
import { most, nothing, sizeOf, sizes, type Size } from './kinds/size.js'
import { peers, stepsOf } from './steps.js'
import { printTable } from './table.js'

const counts = [1_000, 10_000, 100_000]
/** How often the state is looked at, so that what grows on the way is seen too. */
const lookEvery = 100
/** What the average state may grow by, in bytes, from the first of `counts` to the last. */
const maxGrowth = 1.5

/** The states of one load up to a number of steps. */
type Seen = {
  /** Of those since the number before. */
  readonly averageBytes: number
  /** The greatest of each, of all. */
  readonly largest: Size
}

/**
 * What was seen by each of `counts` steps.
 *
 * @throws Error if replicas that hold the same updates differ
 */
function measure(load: KindLoad): Seen[] {
  const room = Array.from({ length: peers }, (_, peer) => openPeer(peer))
  const seen: Seen[] = []
  let largest = nothing
  let bytes: number[] = []
  const step = load.begin()
  const { apart = 0.2 } = load
  const isLookedAt = (number: number) => number % lookEvery === 0
  const isExchangedAfter = (number: number, chance: number) => isLookedAt(number) || chance >= apart
  for (const next of stepsOf(42, Math.max(...counts), isExchangedAfter)) {
    const author = room[apart === 0 ? next.number % peers : next.author]
    if (author) step(author.store, next)
    if (next.isExchangedAfter) exchange(room)
    if (!isLookedAt(next.number)) continue
    const [first, ...others] = room.map(({ store }) => store.getAll())
    if (!others.every(other => isDeepStrictEqual(other, first))) throw new Error(`${load.name}: the replicas differ`)
    const size = room[0] ? sizeOf(room[0]) : nothing
    largest = most(largest, size)
    bytes.push(size.bytes)
    if (!counts.includes(next.number)) continue
    seen.push({ largest, averageBytes: bytes.reduce((sum, each) => sum + each, 0) / bytes.length })
    bytes = []
  }
  for (const open of room) open.close()
  return seen
}

/** What is not as it must be. */
function broken(bound: Size, seen: readonly Seen[]): string[] {
  const [first, last] = [seen[0], seen.at(-1)]
  if (!first || !last) return ['nothing was seen']
  const growth = last.averageBytes / first.averageBytes
  return [
    ...sizes
      .filter(({ of }) => of(last.largest) > of(bound))
      .map(({ name, of }) => `${name}: ${whole(of(last.largest))}, bound ${whole(of(bound))}`),
    ...(growth > maxGrowth ? [`bytes on average: ${growth.toFixed(2)} times those at first, bound ${maxGrowth}`] : []),
  ]
}

const whole = (number: number): string => Math.round(number).toLocaleString('en')

/** The state of each kind of value under the steps of five writers: must stay within a bound of its own, and flat. */
export function run(): void {
  for (const load of kindLoads) {
    const seen = measure(load)
    const bound = { ...nothing, ...load.bound }
    const first = seen[0]?.averageBytes ?? NaN
    console.log(`\n  ${load.name}`)
    printTable([
      ['steps', ...counts.map(whole), 'bound'],
      ['bytes on average', ...seen.map(({ averageBytes }) => whole(averageBytes)), whole(first * maxGrowth)],
      ...sizes
        .filter(({ of }) => of(bound) > 0)
        .map(({ name, of }) => [`${name} at most`, ...seen.map(({ largest }) => whole(of(largest))), whole(of(bound))]),
    ])
    for (const what of broken(bound, seen)) {
      // Told at the end of the process, so that the other benchmarks run.
      process.exitCode = 1
      console.log(`  NOT AS IT MUST BE: ${what}`)
    }
  }
}
