import { SessionError } from '../../src/errors.js'
import type { JsonSchema } from '../../src/store/schema.js'
import type { SessionStore } from '../../src/store/session-store.js'
import { hasEqualItems, idsOf, type Draft } from './draft.js'
import { tallyOf, type Element, type Group, type Id, type Json } from './oracle.js'
import { canonical, idOfItem, same } from './rewrite.js'

/** What an app does to a key otherwise than by setting it: through a handle, or by comparing first. */
export type Use =
  | {
      readonly edit: 'use'
      readonly handle: 'counter' | 'list' | 'members'
      /** Else the handle is that of what the key holds. */
      readonly isBlind: boolean
      readonly counter: CounterCall
      readonly list: ListCall
      readonly members: MembersCall
    }
  | {
      readonly edit: 'compare'
      readonly expected: 'what is there' | { readonly value: Json | null }
      readonly value: Json | null
    }

export type CounterCall = { readonly call: 'increment' | 'decrement'; readonly by: number } | { readonly call: 'reset' }
type ListCall = { readonly max: number | undefined } & (
  | { readonly call: 'push'; readonly items: readonly Json[] }
  | { readonly call: 'insert'; readonly at: number; readonly items: readonly Json[] }
  | { readonly call: 'remove'; readonly at: number; readonly count: number }
  | { readonly call: 'move'; readonly from: number; readonly to: number }
)
type MembersCall = { readonly call: 'add' | 'remove'; readonly values: readonly Json[] }

/** What a call gives, or the code of its refusal. */
export type Answer = boolean | 'done' | 'type-mismatch' | 'invalid-option' | 'invalid-value'

/** Uses a key of a store and of its draft, and demands the same of both. What was refused has changed nothing. */
export function use(store: SessionStore<JsonSchema>, draft: Draft, key: string, how: Use): Answer {
  const called = fitting(draft.tree.get(key)?.winner, how)
  const before = draft.value(key)
  const expected = useDraft(draft, key, called, before)
  const answer = useStore(store, key, called, before)
  if (answer !== expected) throw new Error(`${key} answers ${answer} and not ${expected} to ${JSON.stringify(called)}`)
  return answer
}

function fitting(holds: Group | undefined, how: Use): Use {
  const is = holds?.top.says.is
  if (how.edit === 'compare' || how.isBlind || !holds) return how
  if (is === 'counter' || Number.isSafeInteger(holds.value)) return { ...how, handle: 'counter' }
  return is === 'list' || is === 'members' ? { ...how, handle: is } : how
}

function useStore(store: SessionStore<JsonSchema>, key: string, how: Use, before: Json | null): Answer {
  const run = () => {
    if (how.edit === 'compare')
      return store.compareAndSet(key, how.expected === 'what is there' ? before : how.expected.value, how.value)
    switch (how.handle) {
      case 'counter': {
        const counter = store.counter(key)
        return how.counter.call === 'reset' ? counter.reset() : counter[how.counter.call](how.counter.by)
      }
      case 'list': {
        const { max } = how.list
        const list = store.list(key, max === undefined ? {} : { max })
        switch (how.list.call) {
          case 'push':
            return list.push(...how.list.items)
          case 'insert':
            return list.insert(how.list.at, ...how.list.items)
          case 'remove':
            return list.remove(how.list.at, how.list.count)
          case 'move':
            return list.move(how.list.from, how.list.to)
        }
      }
      case 'members':
        return store.members(key)[how.members.call](...how.members.values)
    }
  }
  try {
    return run() ?? 'done'
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    const { code } = error
    if (code === 'type-mismatch' || code === 'invalid-option' || code === 'invalid-value') return code
    throw error
  }
}

function useDraft(draft: Draft, key: string, how: Use, before: Json | null): Answer {
  if (how.edit === 'compare') {
    if (how.expected !== 'what is there' && !same(how.expected.value, before)) return false
    draft.set(key, how.value)
    return true
  }
  const holds = draft.tree.get(key)?.winner
  switch (how.handle) {
    case 'counter':
      return count(draft, key, holds, how.counter)
    case 'list':
      return writeList(draft, key, holds, how.list)
    case 'members':
      return writeMembers(draft, key, holds, how.members)
  }
}

/** COUNTER. */
function count(draft: Draft, key: string, holds: Group | undefined, how: CounterCall): Answer {
  const value = holds?.value ?? 0
  if (holds && holds.top.says.is !== 'counter' && !Number.isSafeInteger(value)) return 'type-mismatch'
  const counter = holds?.top.says.is === 'counter' ? holds : null
  if (how.call === 'reset') {
    if (counter) draft.setCounter(counter, 0)
    else if (value !== 0) draft.begin(key, { is: 'counter' })
    return 'done'
  }
  const own = counter?.tallies.find(({ writer }) => writer === draft.writer)
  const tally = tallyOf(own)
  const by = how.call === 'increment' ? how.by : -how.by
  const total = tally.total + by
  if (!Number.isSafeInteger(Number(value) + by) || !Number.isSafeInteger(total)) return 'invalid-value'
  let containers: readonly Id[]
  if (counter) containers = idsOf(counter)
  else {
    containers = [draft.begin(key, { is: 'counter' })]
    if (value !== 0) draft.append(containers, { is: 'field', name: '' }, { is: 'scalar', scalar: Number(value) })
  }
  if (own) draft.remove([own])
  draft.append(containers, { is: 'own' }, { is: 'tally', count: tally.count + 1, total: total + 0 })
  return 'done'
}

/** LIST. */
function writeList(draft: Draft, key: string, holds: Group | undefined, how: ListCall): Answer {
  if (holds && holds.top.says.is !== 'list') return 'type-mismatch'
  const elements = holds?.elements ?? []
  const [from, to] = how.call === 'move' ? [how.from, how.to] : [how.call === 'push' ? elements.length : how.at, 0]
  const last = how.call === 'move' ? elements.length - 1 : elements.length
  if (from > last || to > last) return 'invalid-option'
  if (how.call === 'remove' && from + how.count > elements.length) return 'invalid-option'
  const items = 'items' in how ? how.items : []
  const isNothing = how.call === 'move' ? from === to : how.call === 'remove' ? how.count === 0 : items.length === 0
  if (isNothing) return 'done'

  const list = holds ? idsOf(holds) : [draft.begin(key, { is: 'list', isMadeByHandle: true })]
  for (const element of holds?.hidden ?? []) draft.removeElement(element)
  const removed = how.call === 'remove' ? elements.slice(from, from + how.count) : []
  for (const element of removed) draft.removeElement(element)
  const order: (Element | { readonly item: Json })[] = elements.filter(element => !removed.includes(element))
  if (how.call === 'move') {
    const moved = order.splice(from, 1)
    draft.moved = moved.flatMap(one => ('place' in one ? one.place.entries.map(({ id }) => id) : []))
    order.splice(to, 0, ...moved)
  }
  order.splice(from, 0, ...items.map(item => ({ item })))
  const values = order.map(one => ('item' in one ? one.item : one.place.winner.value))
  for (const [rank, one] of order.entries())
    if ('place' in one) for (const { id } of one.place.entries) draft.ranks.set(id, rank)
    else {
      const id = idOfItem(one.item)
      const isOnly = values.filter(other => idOfItem(other) === id).length === 1
      draft.insert(list, id !== null && isOnly ? `i${id}` : null, [], rank, one.item)
    }
  const bound = holds?.fields.get('max')
  if (how.max !== undefined && bound?.winner.value !== how.max) {
    draft.removePlace(bound)
    draft.append(list, { is: 'field', name: 'max' }, { is: 'scalar', scalar: how.max })
  }
  for (const id of list.slice(0, 1)) draft.hideBeyondBound(id)
  return 'done'
}

/** MEMBERS. */
function writeMembers(draft: Draft, key: string, holds: Group | undefined, { call, values }: MembersCall): Answer {
  const is = holds?.top.says.is
  const there = (holds?.value ?? []) as readonly Json[]
  const isArray = is === 'list' && !holds?.entries.some(({ says }) => says.is === 'list' && says.isMadeByHandle)
  if (holds && is !== 'members' && (!isArray || hasEqualItems(there))) return 'type-mismatch'
  const before = there.map(canonical)
  const names = new Set(values.map(canonical))
  const gone = before.filter(name => names.has(name))
  if (call === 'add' ? names.size === 0 : gone.length === 0) return 'done'
  const written = call === 'add' ? names : new Set<string>()
  let containers: readonly Id[]
  if (is === 'members' && holds) {
    containers = idsOf(holds)
    for (const name of gone) draft.removePlace(holds.fields.get(name))
  } else {
    containers = [draft.begin(key, { is: 'members' })]
    for (const name of before) if (!names.has(name)) append(name)
  }
  for (const name of written) append(name)
  return 'done'

  function append(name: string): void {
    draft.append(containers, { is: 'field', name }, { is: 'scalar', scalar: null })
  }
}
