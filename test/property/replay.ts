import type { JsonSchema } from '../../src/store/schema.js'
import type { Change, SessionStore } from '../../src/store/session-store.js'
import { canonical } from './rewrite.js'

/** One who knows a store from its events alone: the first values, and each change since. */
export class Replay {
  readonly values = new Map<string, unknown>()
  readonly last = new Map<string, Change<JsonSchema>>()
  /** What was told since somebody last looked. */
  readonly told: string[] = []

  constructor(store: SessionStore<JsonSchema>) {
    store.observe('*', change => {
      const { key, value, previousValue, source } = change
      const before = this.values.get(key) ?? null
      if (source === 'initial' ? this.values.has(key) : canonical(before as never) !== canonical(previousValue))
        throw new Error(`STORE3: ${key} was ${JSON.stringify(before)}, not ${JSON.stringify(previousValue)}`)
      if (source !== 'initial' && canonical(value) === canonical(previousValue))
        throw new Error(`STORE3: ${key} did not change`)
      if (value === null) this.values.delete(key)
      else this.values.set(key, value)
      this.last.set(key, change)
      if (source !== 'initial') this.told.push(key)
    })
  }
}
