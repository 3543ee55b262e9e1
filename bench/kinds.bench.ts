import { isDeepStrictEqual } from 'node:util'
import { exchange, openPeer, stateOf } from './hearth-peer.js'
import { kindLoads, type KindLoad } from './kinds/loads.js'
import { most, nothing, sizeOf, sizes, type Size } from './kinds/size.js'
import { peers, stepsOf } from './steps.js'
import { printTable } from './table.js'

const counts = [1_000, 10_000, 100_000]
/** How often the state is looked at, so that what grows on the way is seen too. */
const lookEvery = 100
/** What a state may grow by, in bytes, from the first of `counts` to the last. */
const maxGrowth = 1.5

/**
 * The largest sizes seen by each of `counts` steps.
 *
 * @throws Error if replicas that hold the same updates differ
 */
function measure(load: KindLoad): Size[] {
  const room = Array.from({ length: peers }, (_, peer) => openPeer(peer))
  const seen: Size[] = []
  let largest = nothing
  const step = load.begin()
  const isLookedAt = (number: number) => number % lookEvery === 0
  const isExchangedAfter = (number: number, chance: number) => load.isInTurn || isLookedAt(number) || chance >= 0.2
  for (const next of stepsOf(42, Math.max(...counts), isExchangedAfter)) {
    const author = room[load.isInTurn ? next.number % peers : next.author]
    if (author) step(author.store, next)
    if (next.isExchangedAfter) exchange(room)
    if (!isLookedAt(next.number)) continue
    const [first, ...others] = room.map(({ store }) => store.getAll())
    if (!others.every(other => isDeepStrictEqual(other, first))) throw new Error(`${load.name}: the replicas differ`)
    if (room[0]) largest = most(largest, sizeOf(stateOf(room[0])))
    if (counts.includes(next.number)) seen.push(largest)
  }
  for (const open of room) open.close()
  return seen
}

/** What is not as it must be. */
function broken({ bound }: KindLoad, seen: readonly Size[]): string[] {
  const [first, last] = [seen[0] ?? nothing, seen.at(-1) ?? nothing]
  const growth = last.bytes / first.bytes
  return [
    ...sizes.filter(({ of }) => of(last) > of(bound)).map(({ name, of }) => `${name}: ${of(last)}, bound ${of(bound)}`),
    ...(growth > maxGrowth ? [`bytes: ${growth.toFixed(2)} times those at first, bound ${maxGrowth}`] : []),
  ]
}

/**
 * The state of each kind of value under the steps of five writers: must stay within a bound of its own, and flat. The
 * greatest is told of what was seen until then.
 */
export function run(): void {
  for (const load of kindLoads) {
    const seen = measure(load)
    console.log(`\n  ${load.name}`)
    printTable([
      ['steps', ...counts.map(count => count.toLocaleString('en')), 'bound'],
      ...sizes
        .filter(({ of }) => of(load.bound) > 0)
        .map(({ name, of }) => [name, ...[...seen, load.bound].map(size => of(size).toLocaleString('en'))]),
    ])
    for (const what of broken(load, seen)) {
      // Told at the end of the process, so that the other benchmarks run.
      process.exitCode = 1
      console.log(`  NOT AS IT MUST BE: ${what}`)
    }
  }
}
