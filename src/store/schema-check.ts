import { SessionError } from '../errors.js'
import type { Schemas } from './schema.js'
import type { SchemaIssue } from './standard-schema.js'
import type { Json } from './value.js'

/**
 * Why a value is none that the schema of its key takes, null if it is one (SPEC SCHEMA): `invalid-value` with the
 * issues, or `invalid-option` for a schema that throws or answers by a promise. Never throws.
 */
export function flawOf(schemas: Schemas, key: string, value: Json): SessionError | null {
  const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined
  if (!schema) return null
  try {
    const result = schema['~standard'].validate(value)
    if ('then' in result) {
      // It may still reject, and nobody else waits for it.
      result.then(undefined, () => undefined)
      return unusable(key, 'it answers by a promise, and a write is synchronous')
    }
    return result.issues ? invalid(key, Array.from(result.issues, toPlain)) : null
  } catch (cause) {
    return unusable(key, 'it threw', cause)
  }
}

type PlainIssue = { readonly message: string; readonly path: readonly (string | number)[] }

function invalid(key: string, issues: readonly PlainIssue[]): SessionError {
  const { message: reason, path } = issues[0] ?? { message: 'no reason given', path: [] }
  const message = `The value of "${key}" does not pass its schema at /${path.join('/')}: ${reason}`
  return new SessionError('invalid-value', message, { key, path, reason, issues })
}

const unusable = (key: string, reason: string, cause?: unknown): SessionError =>
  new SessionError(
    'invalid-option',
    `The schema of "${key}" cannot be used: ${reason}.`,
    { option: `schema.${key}`, reason },
    cause,
  )

/** Libraries have their own kinds of arrays; these here can be compared, logged and sent. */
const toPlain = ({ message, path = [] }: SchemaIssue): PlainIssue => ({
  message,
  path: Array.from(path, step => {
    const key = typeof step === 'object' ? step.key : step
    return typeof key === 'number' ? key : String(key)
  }),
})
