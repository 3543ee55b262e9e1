import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { NumericOption, SignalingOptions } from './settings.js'

/** What the command was asked to do. */
export type Command = { do: 'serve'; options: SignalingOptions } | { do: 'help'; text: string }

type Flag = { name: string; variable: string; help: string } & (
  | { kind: 'text'; option: 'host' | 'staticDirectory' }
  | { kind: 'number'; option: NumericOption }
)

type ParseArgsOptions = NonNullable<ParseArgsConfig['options']>

const flags: readonly Flag[] = [
  { kind: 'number', name: 'port', variable: 'PORT', option: 'port', help: 'port, 0 for a free one (4444)' },
  { kind: 'text', name: 'host', variable: 'HEARTH_HOST', option: 'host', help: 'address to listen on (every one)' },
  { kind: 'text', name: 'static', variable: 'HEARTH_STATIC', option: 'staticDirectory', help: 'folder to serve too' },
  limit('max-sockets', 'maxSockets', 'open sockets in all (10000)'),
  limit('max-topics-per-socket', 'maxTopicsPerSocket', 'topics of one socket (100)'),
  limit('max-sockets-per-topic', 'maxSocketsPerTopic', 'sockets in one topic (256)'),
  limit('tokens-per-second', 'tokensPerSecond', 'budget of one socket; a KiB costs one (200)'),
  limit('max-tokens', 'maxTokens', 'what it can save up (1000)'),
  limit('max-buffered-bytes', 'maxBufferedBytes', 'backlog of a slow socket before it is dropped (1048576)'),
  limit('heartbeat-ms', 'heartbeatMs', 'between two pings (30000)'),
  limit('close-timeout-ms', 'closeTimeoutMs', 'wait for a closing socket (2000)'),
]

/**
 * Reads flags and environment; a flag beats its variable, and an empty variable counts as unset.
 * @throws TypeError for a flag that there is not.
 */
export const readCommand = (args: readonly string[], env: Readonly<NodeJS.ProcessEnv>): Command => {
  const options: ParseArgsOptions = { help: { type: 'boolean', short: 'h' } }
  for (const { name } of flags) options[name] = { type: 'string' }
  const { values } = parseArgs({ args: [...args], options })
  if (values['help'] === true) return { do: 'help', text: helpText() }

  const chosen: SignalingOptions = {}
  for (const flag of flags) {
    const given = values[flag.name] ?? (env[flag.variable] || undefined)
    if (typeof given !== 'string') continue
    if (flag.kind === 'text') chosen[flag.option] = given
    // Number('') is 0, which would be a port.
    else chosen[flag.option] = given.trim() === '' ? Number.NaN : Number(given)
  }
  return { do: 'serve', options: chosen }
}

function limit(name: string, option: NumericOption, help: string): Flag {
  return { kind: 'number', name, variable: `HEARTH_${name.toUpperCase().replaceAll('-', '_')}`, option, help }
}

const helpText = (): string => {
  const rows = flags.map(({ name, variable, help }) => `  ${`--${name}`.padEnd(26)}${variable.padEnd(30)}${help}`)
  return [
    'hearth-signaling: introduces WebRTC peers to each other, for Hearth and for y-webrtc.',
    '',
    'Usage: hearth-signaling [flags]',
    '',
    `  ${'flag'.padEnd(26)}${'or variable'.padEnd(30)}meaning (default)`,
    ...rows,
    `  ${'--help, -h'.padEnd(56)}this page`,
  ].join('\n')
}
