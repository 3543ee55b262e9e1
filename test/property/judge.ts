import type { SessionErrorDetails } from '../../src/errors.js'
import type { Limits } from '../../src/store/limits.js'
import { conflictsOf, usage, utf8 } from './agreement.js'
import type { Json } from './oracle.js'
import { isObject, same } from './rewrite.js'
import { outline, type Tree } from './tree.js'

/** An error as LIMIT has it. */
export type Verdict = {
  readonly [Code in 'value-too-large' | 'too-many-keys' | 'store-full']: {
    readonly code: Code
    readonly details: SessionErrorDetails[Code]
  }
}['value-too-large' | 'too-many-keys' | 'store-full']

/** Every reason that LIMIT gives against a transaction, going by what it leaves. */
export function judge(before: Tree, after: Tree, { maxValueBytes, maxKeys, maxTotalBytes }: Limits): Verdict[] {
  if (outline(before) === outline(after)) return []
  const written = [...after.keys()].filter(key => {
    const [was, is] = [before.get(key), after.get(key)]
    return (
      !same(was?.winner.value, is?.winner.value) || (was && is && conflictsOf(was).length !== conflictsOf(is).length)
    )
  })
  const verdicts: Verdict[] = []
  for (const key of written) {
    const value = after.get(key)?.winner.value ?? null
    const [bytes, bytesBefore] = [bytesAt(after, key), bytesAt(before, key)]
    if (bytes > maxValueBytes && (bytes >= bytesBefore || hasLargeText(value, maxValueBytes)))
      verdicts.push({ code: 'value-too-large', details: { key, bytes, maxBytes: maxValueBytes } })
  }
  const [was, is] = [usage(valuesOf(before)), usage(valuesOf(after))]
  if (is.keys > maxKeys && written.some(key => !before.has(key)))
    verdicts.push({ code: 'too-many-keys', details: { keys: is.keys, maxKeys } })
  if (is.bytes > maxTotalBytes && is.bytes >= was.bytes)
    verdicts.push({ code: 'store-full', details: { bytes: is.bytes, maxBytes: maxTotalBytes } })
  return verdicts
}

const bytesAt = (tree: Tree, key: string): number => {
  const place = tree.get(key)
  return place ? utf8(JSON.stringify(place.winner.value)) : 0
}

const valuesOf = (tree: Tree): Map<string, Json> => new Map([...tree].map(([key, { winner }]) => [key, winner.value]))

/** LIMIT6: what no other would take, whatever it is part of. */
function hasLargeText(value: Json, maxBytes: number): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(item => hasLargeText(item, maxBytes))
  if (!isObject(value)) return utf8(JSON.stringify(value)) > maxBytes
  return Object.entries(value).some(([name, inner]) => utf8(name) > maxBytes || hasLargeText(inner, maxBytes))
}
