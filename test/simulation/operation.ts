import type { Store } from './actor.js'
import type { Actor } from './actor.js'
import type { Dice } from './dice.js'
import type { World } from './world.js'

/**
 * Something that a program can do. Its arguments are plain JSON, drawn without knowing what will be there then:
 * numbers are meant modulo how many there are. So steps can be left out, and what is left still makes sense.
 */
export type Operation = {
  readonly name: string
  readonly weight: number
  /** Draws the arguments. */
  draw(dice: Dice): unknown
} & (
  | {
      /** A write. Runs within one tick; may throw what the store throws. */
      edit(store: Store, args: unknown, actor: Actor): unknown
    }
  | {
      /** Anything else. */
      act(world: World, args: unknown, actor: Actor): void | Promise<void>
    }
)

type Named<Args> = { readonly name: string; readonly weight: number; draw(dice: Dice): Args }

export const edit = <Args>(
  operation: Named<Args> & { edit(store: Store, args: Args, actor: Actor): unknown },
): Operation => ({
  ...operation,
  // What `draw` made, maybe by way of JSON.
  edit: (store, args, actor) => operation.edit(store, args as Args, actor),
})

export const act = <Args>(
  operation: Named<Args> & { act(world: World, args: Args, actor: Actor): void | Promise<void> },
): Operation => ({
  ...operation,
  act: (world, args, actor) => operation.act(world, args as Args, actor),
})

/** Operations that a program has or has not, all together: programs that have less do more of it. */
export type OperationGroup = {
  readonly name: string
  readonly operations: readonly Operation[]
  /** How likely a program has them. */
  readonly share: number
  /** Groups that a program with this one does not have. */
  readonly without?: readonly string[]
}
