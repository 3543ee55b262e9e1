import type { Dice } from '../dice.js'
import { isObject, type Json } from '../json.js'
import { edit, type OperationGroup } from '../operation.js'

const key = (dice: Dice) => dice.pick(['o1', 'o2'])
const name = (dice: Dice) => dice.pick(['x', 'y', 'z', '__proto__'])

const value = (dice: Dice): Json => (dice.chance(0.6) ? dice.token() : Object.fromEntries([[name(dice), dice.token()]]))

const fieldsOf = (value: unknown) => (isObject(value) ? value : {})

/** The object with a field some steps down made another; null takes it away. */
const withField = (object: Json | null, path: readonly string[], value: Json | null): Json => {
  const [name, ...rest] = path
  const others = Object.entries(fieldsOf(object)).filter(([other]) => other !== name)
  if (name === undefined) return fieldsOf(object)
  const inner = rest.length > 0 ? withField(valueOf(object, name), rest, value) : value
  return Object.fromEntries(inner === null ? others : [...others, [name, inner]])
}

const valueOf = (object: unknown, name: string): Json | null =>
  Object.hasOwn(fieldsOf(object), name) ? (fieldsOf(object)[name] ?? null) : null

const path = (dice: Dice) => (dice.chance(0.7) ? [name(dice)] : [name(dice), name(dice)])

/** Keys that hold objects, read, changed and set, as the apps of an SDK do it. */
export const objects: OperationGroup = {
  name: 'objects',
  share: 0.6,
  operations: [
    edit({
      name: 'object.field',
      weight: 5,
      draw: dice => ({ key: key(dice), path: path(dice), value: value(dice) }),
      edit: (store, { key, path, value }) => store.update(key, object => withField(object, path, value)),
    }),
    edit({
      name: 'object.without',
      weight: 2,
      draw: dice => ({ key: key(dice), path: path(dice) }),
      edit: (store, { key, path }) => store.update(key, object => withField(object, path, null)),
    }),
    edit({
      name: 'object.set',
      weight: 1,
      draw: dice => ({ key: key(dice), value: { [name(dice)]: value(dice), [name(dice)]: value(dice) } }),
      edit: (store, { key, value }) => store.set(key, value),
    }),
    edit({
      name: 'object.delete',
      weight: 1,
      draw: dice => ({ key: key(dice) }),
      edit: (store, { key }) => store.delete(key),
    }),
    edit({
      // The same to everybody: settles what is in conflict, and writes nothing else.
      name: 'object.again',
      weight: 1,
      draw: dice => ({ key: key(dice) }),
      edit: (store, { key }) => store.set(key, store.get(key)),
    }),
  ],
}
