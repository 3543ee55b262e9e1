import type { Counter } from './counter.js'
import type { List } from './list.js'
import type { Members } from './members.js'
import type { StandardSchema } from './standard-schema.js'
import type { Text } from './text.js'
import type { Json } from './value.js'

/** What an app stores: its keys and the types of their values, or of the handles that write them. */
export type Schema = Record<string, unknown>
/** The schema of an app that names none. */
export type JsonSchema = Record<string, Json>
export type KeyOf<S> = keyof S & string

/** The schemas of those keys that have one. */
export type Schemas = { readonly [key: string]: StandardSchema }

/**
 * What an app with these schemas stores: their input types, for what a library makes of a value is not stored. That a
 * key may be unset goes without saying.
 */
export type SchemaFrom<S extends Schemas> = {
  [K in keyof S]: Exclude<NonNullable<S[K]['~standard']['types']>['input'], null | undefined>
}

/** What a key of this type is read as: a counter as a number, a list and members as an array, a text as a string. */
export type ValueOf<T> = T extends Counter
  ? number
  : T extends List<infer Item> | Members<infer Item>
    ? readonly Item[]
    : T extends Text
      ? string
      : T

/** What is in a list or in members, or in an array that can be used as them. */
export type ItemOf<T> = unknown extends T
  ? unknown
  : T extends List<infer Item> | Members<infer Item> | readonly (infer Item)[]
    ? Item
    : never

/** The keys whose value can be of this type, as an unknown one can. */
type KeyWith<S, Value> = { [K in KeyOf<S>]: CanBe<ValueOf<S[K]>, Value> extends true ? K : never }[KeyOf<S>]
type CanBe<T, Value> = unknown extends T ? true : [Extract<T, Value>] extends [never] ? false : true

export type CounterKeyOf<S> = KeyWith<S, number>
export type ListKeyOf<S> = KeyWith<S, readonly unknown[]>
export type TextKeyOf<S> = KeyWith<S, string>
