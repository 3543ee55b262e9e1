import { toJson, type Json } from '../store/value.js'
import { failure } from './exception.js'

/** A value as this layer hands it out: plain, and the caller's own to change. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [field: string]: JsonValue }

export type ValueFormatOptions = {
  /**
   * `json` (the default): every value comes back as what it was set to. `string`, as in Flutter: always a string, also
   * of a number or boolean (`1` and `'1'` look alike), and JSON text of an object or array.
   */
  readonly valueFormat?: 'json' | 'string'
  /**
   * Strings that hold a JSON object or array are kept as what they hold, so that two peers who each rewrite a list as
   * JSON text with one more element both stick; read back, objects and arrays are JSON text. For every key, or for
   * those that are named. Everybody in the room needs the same. Default: none.
   */
  readonly mergeJsonStrings?: boolean | readonly string[]
}

/** How values look to the app, in both directions. */
export type ValueFormat = {
  toStore(key: string, data: unknown): unknown
  fromStore(key: string, value: Json | null): JsonValue
}

/** @throws HMSException 6004 for options that are no such */
export const createValueFormat = (options: ValueFormatOptions): ValueFormat => {
  const { valueFormat = 'json', mergeJsonStrings = false } = options
  if (!['json', 'string'].includes(valueFormat))
    throw failure('invalidArgument', 'JOIN', "The option valueFormat is 'json' or 'string'.")
  if (typeof mergeJsonStrings !== 'boolean' && !Array.isArray(mergeJsonStrings))
    throw failure('invalidArgument', 'JOIN', 'The option mergeJsonStrings is true, false or an array of keys.')
  const merges = (key: string) =>
    typeof mergeJsonStrings === 'boolean' ? mergeJsonStrings : mergeJsonStrings.includes(key)
  return {
    toStore: (key, data) => (typeof data === 'string' && merges(key) ? (readContainer(data) ?? data) : data),
    fromStore: (key, value) => {
      if (value === null) return null
      if (typeof value === 'object')
        return valueFormat === 'string' || merges(key) ? JSON.stringify(value) : (structuredClone(value) as JsonValue)
      return valueFormat === 'string' ? String(value) : value
    },
  }
}

/** The object or array that a text holds; null if it holds none, or one that would not come back as it is. */
const readContainer = (text: string): Json | null => {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    const value = toJson(JSON.parse(text)) ?? null
    return losesDigits(text) ? null : value
  } catch {
    // Any text may begin with a bracket, and some JSON is no value: it is kept as the text that it is.
    return null
  }
}

/**
 * Numbers of more digits than a double has, for instance ids, or nearer to 0 than it comes: as text they are exact. The
 * text is JSON: in one whose quotes do not match the expression would look for their ends over and over.
 */
const losesDigits = (text: string): boolean => {
  const withoutTexts = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
  return (withoutTexts.match(/[\d.]+(?:e[+-]?\d+)?/gi) ?? []).some(number => {
    const digits = number.replace(/e.*/i, '').replace('.', '')
    const value = Number(number)
    return digits.length > 15 || !Number.isFinite(value) || (value < 1e-307 && /[1-9]/.test(digits))
  })
}
