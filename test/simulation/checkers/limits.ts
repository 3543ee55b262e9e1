import type { Limits } from '../../../src/store/limits.js'
import type { Checker } from '../checker.js'
import { sameJson, type Json } from '../json.js'
import type { Snapshot, WriteRecord } from '../record.js'
import { textKeys } from '../tokens.js'

/** Everything about limits, counted anew from what can be read. */
const measure = ({ values, usage: { limits } }: Snapshot) => {
  const entries = Object.entries(values)
  const valueBytes = new Map(entries.map(([key, value]) => [key, bytesOf(JSON.stringify(value))]))
  const bytes = [...valueBytes].reduce((sum, [key, size]) => sum + bytesOf(key) + size, 0)
  const keys = valueBytes.size
  const oversized = new Set(entries.flatMap(([key, value]) => (isOversized(key, value, limits) ? [key] : [])))
  const overLimit = keys > limits.maxKeys || bytes > limits.maxTotalBytes || oversized.size > 0
  return { keys, bytes, overLimit, valueBytes, oversized }
}

/** A text has a limit of its own, and is counted without its quotes. */
const isOversized = (key: string, value: Json, { maxTextBytes, maxValueBytes }: Limits): boolean =>
  textKeys.has(key) && typeof value === 'string'
    ? bytesOf(value) > maxTextBytes
    : bytesOf(JSON.stringify(value)) > maxValueBytes

const bytesOf = (text: string): number => Buffer.byteLength(text)

export const usage: Checker = {
  name: '[LIMIT5] usage is what can be counted, and overLimit says whether that is more than allowed, whoever filled it up together',
  check: ({ endings, world }) =>
    [...endings.map(({ snapshot }) => snapshot), ...world.records.map(({ after }) => after)].flatMap(snapshot => {
      const { keys, bytes, overLimit } = measure(snapshot)
      const { usage } = snapshot
      return sameJson([keys, bytes, overLimit], [usage.keys, usage.bytes, usage.overLimit])
        ? []
        : [`usage is ${JSON.stringify(usage)}, not ${JSON.stringify({ keys, bytes, overLimit })}`]
    }),
}

export const shrinking: Checker = {
  name: '[LIMIT1] [LIMIT2] [LIMIT3] [LIMIT6] no write is accepted that leaves too much, but one that shrinks what was too much before',
  check: ({ world }) =>
    world.records.flatMap(record => {
      const { before, after, error, step, operation } = record
      if (error !== null || sameJson(before.values, after.values)) return []
      return excesses(before, after).map(excess => `${operation} of step ${step} was accepted, and ${excess}`)
    }),
}

const excesses = (before: Snapshot, after: Snapshot): string[] => {
  const { limits } = after.usage
  const [was, is] = [measure(before), measure(after)]
  const isNew = [...is.valueBytes.keys()].some(key => !was.valueBytes.has(key))
  const grown = [...is.valueBytes].filter(
    ([key, size]) =>
      is.oversized.has(key) &&
      size >= (was.valueBytes.get(key) ?? 0) &&
      !sameJson(before.values[key], after.values[key]),
  )
  return [
    ...grown.map(([key, size]) => `${key} has ${size} bytes`),
    ...(is.keys > limits.maxKeys && isNew ? [`there are ${is.keys} keys`] : []),
    ...(is.bytes > limits.maxTotalBytes && is.bytes >= was.bytes ? [`there are ${is.bytes} bytes`] : []),
  ]
}

export const refusals: Checker = {
  name: '[LIMIT1] [LIMIT2] [LIMIT3] [LIMIT4] a write is refused for its size only if its result would be too much',
  check: ({ world }) =>
    world.records.flatMap(record =>
      isRefusedWrongly(record) ? [`${record.operation} of step ${record.step}: ${String(record.error)}`] : [],
    ),
}

/** Of the operations whose result is known without making it. */
const isRefusedWrongly = ({ operation, args, before, error }: WriteRecord): boolean => {
  const isKnown = operation === 'register.set' || operation === 'register.long'
  if (!isKnown || !(error instanceof Error) || !('code' in error)) return false
  const { key, value } = args as { key: string; value: Json }
  const after = { ...before, values: { ...before.values, [key]: value } }
  const { limits } = before.usage
  return !refusalsOf(measure(before), measure(after), limits, key).includes(String(error.code))
}

const refusalsOf = (
  was: ReturnType<typeof measure>,
  is: ReturnType<typeof measure>,
  { maxValueBytes, maxKeys, maxTotalBytes }: Limits,
  key: string,
): string[] => [
  ...((is.valueBytes.get(key) ?? 0) > maxValueBytes ? ['value-too-large'] : []),
  ...(is.keys > maxKeys && !was.valueBytes.has(key) ? ['too-many-keys'] : []),
  ...(is.bytes > maxTotalBytes && is.bytes >= was.bytes ? ['store-full'] : []),
]
