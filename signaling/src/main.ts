#!/usr/bin/env node
import { readCommand } from './command-line.js'
import { createSignalingServer } from './server.js'
import type { SignalingOptions } from './settings.js'

const serve = async (options: SignalingOptions): Promise<void> => {
  // The address is for whoever started it; the log, for machines, goes where its lines stay apart from that.
  const server = await createSignalingServer({ ...options, logDestination: process.stderr, onError: () => undefined })
  // Nothing is left then, so the process ends by itself. Asked a second time, it ends at once.
  const stopBy = (stop: () => Promise<void>) => (): void => {
    process.off('SIGTERM', drain)
    process.off('SIGINT', close)
    void stop()
  }
  const drain = stopBy(() => server.drain())
  const close = stopBy(() => server.close())
  process.on('SIGTERM', drain)
  process.on('SIGINT', close)
  // Who reads this may ask it to stop.
  console.log(`hearth-signaling listens on ${server.url}`)
}

try {
  const command = readCommand(process.argv.slice(2), process.env)
  if (command.do === 'print') console.log(command.text)
  else await serve(command.options)
} catch (error) {
  console.error(`hearth-signaling: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
