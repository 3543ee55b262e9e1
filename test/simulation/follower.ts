import type { Store } from './actor.js'
import { sameJson } from './json.js'

/** One who knows a store by its events alone: the first values, and each change since. */
export type Follower = {
  readonly values: ReadonlyMap<string, unknown>
  /** What an event said that does not fit those before. */
  readonly faults: readonly string[]
}

export const createFollower = (store: Store): Follower => {
  const values = new Map<string, unknown>()
  const faults: string[] = []
  store.observe('*', ({ key, value, previousValue, source }) => {
    const before = values.get(key) ?? null
    if (source !== 'initial' && !sameJson(before, previousValue))
      faults.push(`${key} was ${JSON.stringify(before)}, not ${JSON.stringify(previousValue)}`)
    if (source !== 'initial' && sameJson(value, previousValue)) faults.push(`${key} did not change`)
    if (value === null) values.delete(key)
    else values.set(key, value)
  })
  return { values, faults }
}
