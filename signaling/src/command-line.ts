import { parseArgs, type ParseArgsConfig } from 'node:util'
import { judged, resolveValues, type SignalingOptions } from './settings.js'
import { flagOf, settingNames, settingOf, variableOf, type SettingName } from './settings-table.js'

/** What the command was asked to do. */
export type Command = { do: 'serve'; options: SignalingOptions } | { do: 'print'; text: string }

/** Where a value comes from, and what it says. */
type Said = { readonly source: string; readonly text: string }

type Args = { readonly [flag: string]: unknown }

/**
 * Reads flags and environment; a flag beats its variable, and an empty variable counts as unset.
 * @throws TypeError for a flag that there is not, RangeError for a value that cannot be used.
 */
export const readCommand = (args: readonly string[], env: Readonly<NodeJS.ProcessEnv>): Command => {
  const given = parseFlags(args)
  if (given['help'] === true) return { do: 'print', text: helpPage() }
  const options = readOptions(given, env)
  if (given['print-config'] === true) return { do: 'print', text: configPage(options, given, env) }
  return { do: 'serve', options }
}

const parseFlags = (args: readonly string[]): Args => {
  const options: NonNullable<ParseArgsConfig['options']> = {
    help: { type: 'boolean', short: 'h' },
    'print-config': { type: 'boolean' },
  }
  for (const name of settingNames) options[flagOf(name)] = { type: 'string' }
  return parseArgs({ args: [...args], options }).values
}

const readOptions = (given: Args, env: Readonly<NodeJS.ProcessEnv>): SignalingOptions => {
  const options: Partial<Record<SettingName, unknown>> = {}
  for (const name of settingNames) {
    const said = saidOf(name, given, env)
    if (said === null) continue
    options[name] = judged(name, said.source, settingOf(name).kind.parse(said.text), said.text)
  }
  return options as SignalingOptions
}

const saidOf = (name: SettingName, given: Args, env: Readonly<NodeJS.ProcessEnv>): Said | null => {
  const [flag, variable] = [flagOf(name), variableOf(name)]
  const fromFlag = given[flag]
  if (typeof fromFlag === 'string') return { source: `--${flag}`, text: fromFlag }
  const fromEnv = env[variable]
  return fromEnv ? { source: variable, text: fromEnv } : null
}

const helpPage = (): string => {
  const rows = settingNames.map(name => {
    const { help, fallback, kind } = settingOf(name)
    const usual = fallback === undefined ? '' : kind.show(fallback)
    return row(`--${flagOf(name)}`, variableOf(name), usual === '' ? help : `${help} (${usual})`)
  })
  return [
    'hearth-signaling: introduces WebRTC peers to each other, for Hearth and for y-webrtc.',
    '',
    'Usage: hearth-signaling [flags]',
    '',
    row('flag', 'or variable', 'meaning (default)'),
    ...rows,
    row('--print-config', '', 'what all this comes to, without secrets; starts nothing'),
    row('--help, -h', '', 'this page'),
  ].join('\n')
}

/** @throws RangeError if the settings do not go together, as a start would. */
const configPage = (options: SignalingOptions, given: Args, env: Readonly<NodeJS.ProcessEnv>): string => {
  const values = resolveValues(options)
  return settingNames
    .map(name => {
      const value = values[name]
      return row(`--${flagOf(name)}`, show(name, value), saidOf(name, given, env)?.source ?? 'default')
    })
    .join('\n')
}

const show = (name: SettingName, value: unknown): string =>
  value === undefined ? '(unset)' : settingOf(name).kind.show(value) || '(none)'

const row = (first: string, second: string, third: string): string =>
  `  ${first.padEnd(34)} ${second.padEnd(40)} ${third}`.trimEnd()
