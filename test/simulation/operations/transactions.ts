import type { Actor, Store } from '../actor.js'
import type { Dice } from '../dice.js'
import { edit, type Operation, type OperationGroup } from '../operation.js'

/** Thrown by a transaction that is meant to fail. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

export type Part = { readonly operation: string; readonly args: unknown }

/** Several writes as one, of these operations. */
export const transactionsOf = (groups: readonly OperationGroup[]): OperationGroup => {
  const parts = groups.flatMap(({ operations }) => operations)
  const drawParts = (dice: Dice): readonly Part[] =>
    Array.from({ length: 1 + dice.number(3) }, () => {
      const operation = dice.weighted(parts)
      return { operation: operation.name, args: operation.draw(dice) }
    })
  const run = (store: Store, drawn: readonly Part[], actor: Actor) => {
    for (const { operation, args } of drawn) find(parts, operation).edit(store, args, actor)
  }
  const fail = (store: Store, drawn: readonly Part[], actor: Actor): never =>
    store.transact(() => {
      run(store, drawn, actor)
      throw new Failure()
    })

  return {
    name: 'transactions',
    share: 0.5,
    operations: [
      edit({
        name: 'transaction.whole',
        weight: 3,
        draw: drawParts,
        edit: (store, drawn, actor) => store.transact(() => run(store, drawn, actor)),
      }),
      edit({ name: 'transaction.fails', weight: 2, draw: drawParts, edit: fail }),
      edit({
        name: 'transaction.inner-fails',
        weight: 2,
        draw: dice => ({ outer: drawParts(dice), inner: drawParts(dice) }),
        edit: (store, { outer, inner }, actor) =>
          store.transact(() => {
            run(store, outer, actor)
            try {
              fail(store, inner, actor)
            } catch (error) {
              // What broke a rule of the store is taken back as well.
              if (!(error instanceof Failure) && !(error instanceof Error && error.name === 'SessionError')) throw error
            }
          }),
      }),
    ],
  }
}

const find = (operations: readonly Operation[], name: string) => {
  const operation = operations.find(one => one.name === name)
  if (!operation || !('edit' in operation)) throw new Error(`no such write: ${name}`)
  return operation
}
