/** What hms.test.ts runs in a page: a moderator's app by the SDK's names, over Hearth or over a last-write-wins server. */

import { HMSException, HMSSDK, type HMSConfig, type HMSSessionStore, type JsonValue } from '../../src/hms/index.js'
import { openLastWriteWinsStore } from '../support/last-write-wins-store.js'

const app: { store: HMSSessionStore | null } = { store: null }
/** What `onKeyChanged` was told since the last write of this page began. */
const heard: JsonValue[] = []

const store = (): HMSSessionStore => {
  if (!app.store) throw new Error('This page has no session store')
  return app.store
}

/** Joins, and listens to the key. */
export const join = async (config: HMSConfig, key: string): Promise<void> => {
  const sdk = new HMSSDK()
  sdk.addUpdateListener({
    listener: { onSessionStoreAvailable: ({ hmsSessionStore }) => (app.store = hmsSessionStore) },
  })
  await sdk.join({ config })
  await listen(key)
}

/** The same, over the server that is given. */
export const joinLastWriteWins = async (url: string, key: string): Promise<void> => {
  app.store = await openLastWriteWinsStore(url)
  await listen(key)
}

const listen = async (key: string) => {
  const hmsKeyChangeListener = { onKeyChanged: ({ value }: { value: JsonValue }) => void heard.push(value) }
  const failure = await store().addKeyChangeListener({ keys: [key], hmsKeyChangeListener })
  if (failure) throw failure
}

/** How the app keeps its lists: as they are, or as JSON text. */
export type ListForm = 'array' | 'json-text'

const toData = (items: readonly unknown[] | null, form: ListForm): unknown =>
  form === 'json-text' && items ? JSON.stringify(items) : items
const toItems = (value: JsonValue | undefined): readonly JsonValue[] =>
  ((typeof value === 'string' ? JSON.parse(value) : value) as JsonValue[] | null | undefined) ?? []

const read = async (key: string): Promise<JsonValue> => {
  const value = await store().getSessionMetadataForKey({ key })
  if (value instanceof HMSException) throw value
  return value
}

/** Makes the list what is given; null removes it. */
export const reset = (key: string, items: readonly unknown[] | null, form: ListForm): Promise<void> =>
  store().setSessionMetadataForKey({ key, data: toData(items, form) })

export type Appending = {
  readonly key: string
  readonly item: unknown
  readonly form: ListForm
  /** See starting-line.ts. */
  readonly startingLine: string
}
export type Appended = {
  /** What the page read, and wrote again with its item at the end. */
  readonly read: readonly JsonValue[]
  /** What the page had been told when its write was under way. */
  readonly heardBefore: readonly (readonly JsonValue[])[]
}

/**
 * Reads, appends, writes, all in one task of the page, which began before any page left the starting line. So whatever
 * others write then arrives after this page's write.
 */
export const append = async ({ key, item, form, startingLine }: Appending): Promise<Appended> => {
  heard.length = 0
  const request = new XMLHttpRequest()
  request.open('GET', startingLine, false)
  request.send()
  const items = toItems(await read(key))
  const written = store().setSessionMetadataForKey({ key, data: toData([...items, item], form) })
  const heardBefore = heard.map(toItems)
  await written
  return { read: items, heardBefore }
}

/** How often `onKeyChanged` was called since the last `append` of this page began. */
export const heardChanges = () => heard.length

/** What the page shows, which is what it was told last, and what it reads. */
export const lists = async (key: string) => ({ shown: toItems(heard.at(-1)), read: toItems(await read(key)) })
export const isText = async (key: string) => typeof (await read(key)) === 'string'
