/**
 * Reading and writing in one description: a codec writes a value and rebuilds it from outside bytes, or throws.
 * Everything is encoded as lib0 does it.
 */

import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

export type Codec<T> = {
  readonly write: (encoder: encoding.Encoder, value: T) => void
  readonly read: (decoder: decoding.Decoder) => T
}

export type ValueOf<C> = C extends Codec<infer T> ? T : never

/** Thrown by `read`. */
const refuse = (what: string): never => {
  throw new RangeError(what)
}

export const number: Codec<number> = { write: encoding.writeVarUint, read: decoding.readVarUint }

export const bytes: Codec<Uint8Array> = { write: encoding.writeVarUint8Array, read: decoding.readVarUint8Array }

export const flag: Codec<boolean> = {
  write: (encoder, value) => number.write(encoder, value ? 1 : 0),
  read: decoder => number.read(decoder) === 1,
}

/** Text of so many bytes of UTF-8 at most. */
export const text = (maxBytes: number): Codec<string> => ({
  write: encoding.writeVarString,
  read: decoder => {
    const { pos } = decoder
    if (number.read(decoder) > maxBytes) refuse('a text over its limit')
    decoder.pos = pos
    return decoding.readVarString(decoder)
  },
})

/** What `accepts` says true for. */
export const only = <T, U extends T>(codec: Codec<T>, accepts: (value: T) => value is U): Codec<U> => ({
  write: codec.write,
  read: decoder => {
    const value = codec.read(decoder)
    return accepts(value) ? value : refuse('a value of the wrong kind')
  },
})

/** Any JSON, of so many bytes at most. */
export const json = (maxBytes: number): Codec<unknown> => {
  const { write, read } = text(maxBytes)
  return {
    write: (encoder, value) => write(encoder, JSON.stringify(value)),
    read: decoder => JSON.parse(read(decoder)),
  }
}

export const list = <T>(codec: Codec<T>, maxItems: number): Codec<readonly T[]> => ({
  write: (encoder, items) => {
    number.write(encoder, items.length)
    for (const item of items) codec.write(encoder, item)
  },
  read: decoder => {
    const length = number.read(decoder)
    return length > maxItems ? refuse('too many items') : Array.from({ length }, () => codec.read(decoder))
  },
})

/** Fields one after the other, in the order in which they stand here. */
export const record = <T extends object>(fields: { readonly [K in keyof T]: Codec<T[K]> }): Codec<T> => {
  const names = Object.keys(fields) as (keyof T)[]
  return {
    write: (encoder, value) => names.forEach(name => fields[name].write(encoder, value[name])),
    read: decoder => Object.fromEntries(names.map(name => [name, fields[name].read(decoder)])) as T,
  }
}

/** A list of which nothing is written if it is empty, or not there: only at the end of a message. */
export const trailing = <T>(codec: Codec<readonly T[]>): Codec<readonly T[] | undefined> => ({
  write: (encoder, items = []) => {
    if (items.length > 0) codec.write(encoder, items)
  },
  read: decoder => {
    if (!decoding.hasContent(decoder)) return undefined
    const items = codec.read(decoder)
    return items.length > 0 ? items : refuse('an empty list')
  },
})

export const encode = <T>(codec: Codec<T>, value: T): Uint8Array =>
  encoding.encode(encoder => codec.write(encoder, value))

/** Null unless these bytes, all of them, are what the codec reads. */
export const decode = <T>(codec: Codec<T>, from: Uint8Array): T | null => {
  const decoder = decoding.createDecoder(from)
  try {
    const value = codec.read(decoder)
    return decoding.hasContent(decoder) ? null : value
  } catch {
    return null
  }
}
