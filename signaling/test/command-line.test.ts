import { expect, test } from 'vitest'
import { readCommand } from '../src/command-line.js'

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

test.each(['', ' ', 'http', '4444x'])('[SIG30] the port "%s" is no number, and so refused', port => {
  expect(readCommand([`--port=${port}`], {})).toEqual({ do: 'serve', options: { port: Number.NaN } })
})

test.each([['--prot=1'], ['--port'], ['extra']])('[SIG30] %s is refused', arg => {
  expect(() => readCommand([arg], {})).toThrow(TypeError)
})

test.each(['--help', '-h'])('[SIG30] %s names every flag and variable', flag => {
  const command = readCommand([flag], {})
  const text = command.do === 'help' ? command.text : ''
  for (const word of ['--port', 'PORT', '--static', 'HEARTH_STATIC', '--max-tokens', 'HEARTH_HEARTBEAT_MS']) {
    expect(text).toContain(word)
  }
})
