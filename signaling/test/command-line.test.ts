import { expect, test } from 'vitest'
import { readCommand } from '../src/command-line.js'
import { flagOf, settingNames, settingsTable, variableOf } from '../src/settings-table.js'

test('[SIG30] without flags and variables every option is the default', () => {
  expect(readCommand([], { PATH: '/bin' })).toEqual({ do: 'serve', options: {} })
})

test('[SIG30] a variable sets an option, a flag beats it, and an empty variable is none', () => {
  const env = { PORT: '5000', HEARTH_HOST: '::1', HEARTH_STATIC: '', HEARTH_MAX_SOCKETS_PER_TOPIC: '9' }
  expect(readCommand([], env)).toEqual({ do: 'serve', options: { port: 5000, host: '::1', maxSocketsPerTopic: 9 } })
  const args = ['--port', '6000', '--static=dist', '--heartbeat-ms', '1000']
  expect(readCommand(args, env)).toEqual({
    do: 'serve',
    options: { port: 6000, host: '::1', staticDirectory: 'dist', maxSocketsPerTopic: 9, heartbeatMs: 1000 },
  })
})

test.each([
  [['--port=http'], {}, '--port must be a whole number from 0 to 65535, not http'],
  [['--port='], {}, '--port must be a whole number from 0 to 65535, not empty'],
  [['--port= '], {}, '--port must be a whole number'],
  [['--port=70000'], {}, '--port must be a whole number from 0 to 65535, not 70000'],
  [[], { PORT: '4444x' }, 'PORT must be a whole number'],
  [[], { HEARTH_HEARTBEAT_MS: '0' }, 'HEARTH_HEARTBEAT_MS must be a whole number from 1'],
])('[SIG30] %j with %j is refused by the name that it was given', (args, env, message) => {
  expect(() => readCommand(args, env)).toThrow(RangeError)
  expect(() => readCommand(args, env)).toThrow(message)
})

test.each([['--prot=1'], ['--port'], ['extra']])('[SIG30] %s is refused', arg => {
  expect(() => readCommand([arg], {})).toThrow(TypeError)
})

const printed = (args: string[], env: NodeJS.ProcessEnv = {}): string => {
  const command = readCommand(args, env)
  return command.do === 'print' ? command.text : ''
}

test.each(['--help', '-h'])('[SIG30] %s names every setting: flag, variable and default', flag => {
  const lines = printed([flag]).split('\n')
  for (const name of settingNames) {
    const line = lines.find(each => each.includes(`--${flagOf(name)} `)) ?? ''
    expect(line).toContain(` ${variableOf(name)} `)
    expect(line).toContain(settingsTable[name].help)
    if (typeof settingsTable[name].fallback === 'number') expect(line).toContain(`(${settingsTable[name].fallback})`)
  }
})

test('[SIG30] no two settings share a flag or a variable', () => {
  const all = settingNames.flatMap(name => [`--${flagOf(name)}`, variableOf(name)])
  expect(new Set(all).size).toBe(all.length)
})

test('[SIG32] --print-config tells every value, and where it comes from', () => {
  const lines = printed(['--print-config', '--port=1'], { PORT: '2', HEARTH_MAX_SOCKETS: '3' }).split('\n')
  expect(lines).toHaveLength(settingNames.length)
  const words = lines.map(line =>
    line
      .trim()
      .split(/ {2,}| (?=--|HEARTH|PORT|default)/)
      .map(word => word.trim()),
  )
  expect(words).toContainEqual(['--port', '1', '--port'])
  expect(words).toContainEqual(['--max-sockets', '3', 'HEARTH_MAX_SOCKETS'])
  expect(words).toContainEqual(['--heartbeat-ms', '30000', 'default'])
  expect(words).toContainEqual(['--host', '(unset)', 'default'])
})

test('[SIG32] of a secret nothing is told but that there is one', () => {
  const env = { HEARTH_TOKEN_SECRET: 'a secret that is long enough for HS256' }
  expect(printed(['--print-config'], env)).toMatch(/--token-secret +\(set\) +HEARTH_TOKEN_SECRET/)
  expect(printed(['--print-config'], env)).not.toContain(env.HEARTH_TOKEN_SECRET)
  const refused = (): unknown => readCommand([], { HEARTH_TOKEN_SECRET: 'hunter2' })
  expect(refused).toThrow('HEARTH_TOKEN_SECRET must be a secret of at least 32 bytes')
  expect(refused).not.toThrow('hunter2')
})
