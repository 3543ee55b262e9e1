import type { Actor } from './actor.js'
import { operationNamed } from './operations/catalogue.js'
import type { Program } from './program.js'
import { sorted } from './json.js'
import { sharedIn, snapshotOf, type Snapshot } from './record.js'
import { World } from './world.js'

/** What a room came to at the end. */
export type Ending = { readonly actor: Actor; readonly snapshot: Snapshot; readonly state: Uint8Array | null }

/** A program that was run: all that was done, and where it ended. */
export type Run = {
  readonly program: Program
  readonly world: World
  /** Of those who are in the room at the end, all linked; the last of them has just joined. */
  readonly endings: readonly Ending[]
  /** Who did not have the same as the others as soon as all was delivered, where nothing needed to wait for the clock. */
  readonly latecomers: readonly string[]
  /** How much of the trace was there then. */
  readonly traceLength: number
}

/** How long it takes to find out: checks go to one random neighbour every 10 seconds. */
const roundMs = 1500
const maxRounds = 80

export const play = async (program: Program): Promise<Run> => {
  const world = new World(program)
  for (const skewMs of program.skewsMs) await world.join(skewMs)
  for (const [index, step] of program.steps.entries()) {
    world.step = index
    await playStep(world, step)
  }
  const latecomers = await gather(world)
  await world.join(0)
  await world.settle()
  const endings: Ending[] = []
  for (const actor of world.present) {
    const { room } = actor
    endings.push({ actor, snapshot: snapshotOf(room.store), state: await world.stateOf(actor) })
  }
  await world.settle()
  return { program, world, endings, latecomers, traceLength: world.stage.trace.length }
}

const playStep = async (world: World, { operation: name, who, args, deliver }: Program['steps'][number]) => {
  const operation = operationNamed(name)
  const actor = world.actor(who)
  if ('act' in operation) await operation.act(world, args, actor)
  else world.write(actor, name, args, store => operation.edit(store, args, actor))
  // What was written in this turn leaves at its end.
  await Promise.resolve()
  for (let count = deliver; count > 0 && (await world.stage.deliver()); count--);
}

/** Everything works again, and everybody comes together. */
const gather = async (world: World): Promise<string[]> => {
  await world.faults({})
  for (const actor of world.present) world.connect(actor)
  await world.heal()
  await world.settle()
  const latecomers = world.needsTime ? [] : unlike(world)
  for (let round = 0; round < maxRounds && !isWhole(world); round++) await world.advance(roundMs)
  return latecomers
}

const unlike = ({ present: [first, ...others] }: World): string[] => {
  const known = (actor: Actor) => sorted(sharedIn(snapshotOf(actor.room.store)))
  return others.flatMap(other => (first && known(other) === known(first) ? [] : [other.name]))
}

/** Whether all have the same, know of each other, and nobody is missed who is gone. */
const isWhole = (world: World): boolean =>
  world.present.every(({ room }) => room.peers.length === world.present.length - 1) && unlike(world).length === 0
