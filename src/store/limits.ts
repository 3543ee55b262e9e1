/** What a room may hold; agreed on in the hello. The defaults are those of the conferencing SDKs (SPEC LIMIT). */
export type Limits = {
  /** UTF-8 bytes of one value's JSON. */
  readonly maxValueBytes: number
  /** Keys that are set. */
  readonly maxKeys: number
  /** UTF-8 bytes of all keys and the JSON of all values together. */
  readonly maxTotalBytes: number
  /** UTF-8 bytes of one text. It counts with its JSON in `maxTotalBytes`, and not against `maxValueBytes`. */
  readonly maxTextBytes: number
}

export const defaultLimits: Limits = {
  maxValueBytes: 1024,
  maxKeys: 100,
  maxTotalBytes: 64 * 1024,
  maxTextBytes: 16 * 1024,
}

/** A key's UTF-8 bytes at most. */
export const maxKeyBytes = 128
