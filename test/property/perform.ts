import { SessionError } from '../../src/errors.js'
import type { JsonSchema } from '../../src/store/schema.js'
import type { SessionStore } from '../../src/store/session-store.js'
import type { Draft } from './draft.js'
import { applyEdit, type Edit } from './edits.js'
import { lostWithoutNeed } from './losses.js'
import type { Json } from './oracle.js'
import { canonical } from './rewrite.js'
import type { KeyEdit, Manner } from './script.js'
import { use, type Answer, type Use } from './uses.js'

/** Thrown by a transaction that is meant to fail. */
export class Refusal extends Error {}

/** Makes the same edits in a store and in a draft of it. The result is what the store threw, null if it took them. */
export function perform(
  store: SessionStore<JsonSchema>,
  draft: Draft,
  how: Manner,
  edits: readonly KeyEdit[],
  onAnswer: (answer: Answer) => void,
): Refusal | SessionError | null {
  const set = ({ key, path, edit }: KeyEdit) => {
    if (isUse(edit)) onAnswer(use(store, draft, key, edit))
    else
      store.set(
        key,
        draftEdit(store, draft, key, next => applyEdit(next, path, edit)),
      )
  }
  const [first, ...rest] = edits
  if (!first) return null
  try {
    switch (how) {
      case 'set':
        set(first)
        break
      case 'update':
        if (isUse(first.edit)) set(first)
        else {
          const { key, path, edit } = first
          store.update(key, () => draftEdit(store, draft, key, next => applyEdit(next, path, edit)))
        }
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

const isUse = (edit: Edit | Use): edit is Use => edit.edit === 'use' || edit.edit === 'compare'

function draftEdit(
  store: SessionStore<JsonSchema>,
  draft: Draft,
  key: string,
  change: (value: Json | null) => Json | undefined,
): Json | undefined {
  const current = store.get(key)
  const drafted = draft.value(key)
  if (canonical(current) !== canonical(drafted))
    throw new Error(`MERGE13: ${key} reads ${JSON.stringify(current)} and not ${JSON.stringify(drafted)}`)
  const next = change(current)
  const [tree, live] = [draft.tree, new Map(draft.live)]
  draft.set(key, next)
  const gone = new Set([...live.keys()].filter(id => !draft.live.has(id)))
  const lost = lostWithoutNeed(tree, draft.tree, gone)
  if (lost.length > 0) throw new Error(`lost without need: ${lost.join()}`)
  return next
}
