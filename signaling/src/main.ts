#!/usr/bin/env node
import { readCommand } from './command-line.js'
import { createSignalingServer } from './server.js'
import type { SignalingOptions } from './settings.js'

const serve = async (options: SignalingOptions): Promise<void> => {
  const server = await createSignalingServer({ ...options, onError: error => console.error(error) })
  console.log(`hearth-signaling listens on ${server.url}`)
  // Nothing is left then, so the process ends by itself. Asked a second time, it ends at once.
  const stop = (): void => void server.close()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

try {
  const command = readCommand(process.argv.slice(2), process.env)
  if (command.do === 'print') console.log(command.text)
  else await serve(command.options)
} catch (error) {
  console.error(`hearth-signaling: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
