import { inspect } from 'node:util'
import type { Backplane } from './backplane.js'
import type { LogDestination } from './log.js'
import { systemClock, type Clock } from './clock.js'
import { settingNames, settingOf, type SettingName, type SettingValues } from './settings-table.js'

/** What `createSignalingServer` takes: any setting of the table, and what only a program can give. */
export type SignalingOptions = { readonly [Name in SettingName]?: SettingValues[Name] | undefined } & ProgramOptions

export type ProgramOptions = {
  /** What this server shares its topics with others over; it is the server's to close. Default: it stands alone. */
  readonly backplane?: Backplane | undefined
  /** Default: the time of the machine. */
  readonly clock?: Clock | undefined
  /** Where log lines go. Default: nowhere. */
  readonly logDestination?: LogDestination | undefined
  /** Told of a fault in the server itself, which went on without it; logged too. Default: a process warning. */
  readonly onError?: ((error: unknown) => void) | undefined
}

export type Settings = SettingValues &
  Readonly<{ clock: Clock; logDestination: LogDestination | undefined; onError: (error: unknown) => void }>

/** Fills in the defaults. @throws RangeError, in one sentence, that names what cannot be used. */
export const resolveSettings = (options: SignalingOptions): Settings => ({
  ...resolveValues(options),
  clock: options.clock ?? systemClock,
  logDestination: options.logDestination,
  onError: options.onError ?? (error => process.emitWarning(error instanceof Error ? error : String(error))),
})

/** The settings alone, judged each by itself and together. @throws as above. */
export const resolveValues = (options: SignalingOptions): SettingValues => {
  const values = Object.fromEntries(settingNames.map(name => [name, valueOf(name, options[name])])) as SettingValues
  checkTogether(values)
  return values
}

const checkTogether = (values: SettingValues): void => {
  const { tlsCert, tlsKey, tokenSecret, tokenJwks, tokenAudience, policy, turnSecret, turnUris } = values
  const refuse = (sentence: string): never => {
    throw new RangeError(sentence)
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) refuse('tlsCert and tlsKey must be set together, or neither')
  if (tokenSecret !== undefined && tokenJwks !== undefined) refuse('tokenSecret and tokenJwks cannot both be set')
  // Its keys sign for others too, and a token for somebody else is none for us.
  if (tokenJwks !== undefined && tokenAudience === undefined) refuse('tokenJwks needs tokenAudience')
  if ((turnSecret === undefined) !== (turnUris.length === 0))
    refuse('turnSecret and turnUris must be set together, or neither')
  const checksTokens = tokenSecret !== undefined || tokenJwks !== undefined
  if (!checksTokens && policy.some(({ access }) => access === 'token')) {
    refuse('policy asks for tokens, which need tokenSecret or tokenJwks')
  }
}

const valueOf = (name: SettingName, given: unknown): unknown => {
  const { fallback } = settingOf(name)
  if (given === undefined) return fallback
  return judged(name, name, given, inspect(given))
}

/**
 * The value, if it can be used.
 * @param source what the operator knows it by
 * @throws RangeError that names the source, and what was `said` unless that is a secret.
 */
export const judged = (name: SettingName, source: string, value: unknown, said: string): unknown => {
  const { kind } = settingOf(name)
  if (kind.accepts(value)) return value
  const told = kind.isSecret === true ? '' : `, not ${said === '' ? 'empty' : said}`
  throw new RangeError(`${source} must be ${kind.must}${told}`)
}
