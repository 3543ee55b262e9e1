import { SessionError } from '../../src/errors.js'
import type { JsonSchema } from '../../src/store/schema.js'
import type { SessionStore } from '../../src/store/session-store.js'
import type { Draft } from './draft.js'
import { applyEdit } from './edits.js'
import { lostWithoutNeed } from './losses.js'
import type { Json } from './oracle.js'
import { canonical } from './rewrite.js'
import type { KeyEdit, Manner } from './script.js'

/** Thrown by a transaction that is meant to fail. */
export class Refusal extends Error {}

/** Makes the same edits in a store and in a draft of it. The result is what the store threw, null if it took them. */
export function perform(
  store: SessionStore<JsonSchema>,
  draft: Draft,
  how: Manner,
  edits: readonly KeyEdit[],
): Refusal | SessionError | null {
  const set = (edit: KeyEdit) => store.set(edit.key, draftEdit(store, draft, edit))
  const [first, ...rest] = edits
  if (!first) return null
  try {
    switch (how) {
      case 'set':
        set(first)
        break
      case 'update':
        store.update(first.key, () => draftEdit(store, draft, first))
        break
      case 'transact':
        store.transact(() => edits.forEach(set))
        break
      case 'throw':
        store.transact(() => failAfter(() => edits.forEach(set)))
        break
      case 'nested':
        store.transact(() => {
          set(first)
          const takeBack = draft.savepoint()
          try {
            store.transact(() => failAfter(() => rest.forEach(set)))
          } catch (error) {
            if (!(error instanceof Refusal)) throw error
            takeBack()
          }
        })
    }
    return null
  } catch (error) {
    if (error instanceof Refusal || error instanceof SessionError) return error
    throw error
  }
}

function failAfter(run: () => void): never {
  run()
  throw new Refusal()
}

function draftEdit(store: SessionStore<JsonSchema>, draft: Draft, { key, path, edit }: KeyEdit): Json | undefined {
  const current = store.get(key)
  const drafted = draft.value(key)
  if (canonical(current) !== canonical(drafted))
    throw new Error(`MERGE13: ${key} reads ${JSON.stringify(current)} and not ${JSON.stringify(drafted)}`)
  const next = applyEdit(current, path, edit)
  const [tree, live] = [draft.tree, new Map(draft.live)]
  draft.set(key, next)
  const gone = new Set([...live.keys()].filter(id => !draft.live.has(id)))
  const lost = lostWithoutNeed(tree, draft.tree, gone)
  if (lost.length > 0) throw new Error(`lost without need: ${lost.join()}`)
  return next
}
