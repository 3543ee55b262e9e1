/**
 * A TURN server for the tests: coturn's `turnserver`, from `HEARTH_TURNSERVER` (a path) or from PATH. None is a
 * failure, never a skipped test. It listens and relays on this machine's loopback address alone.
 */

import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findInstalled } from './installed-program.js'
import { until } from './until.js'

export type TurnServer = {
  readonly uri: string
  /** For `joinRoom`: its address, with the user and password that it asks for unless it was given a secret. */
  readonly iceServers: readonly RTCIceServer[]
  close(): Promise<void>
}

const address = '127.0.0.1'
const username = 'hearth'
const credential = 'embers'

/**
 * Becomes the server, and leaves a child behind that reads our end of a pipe: it ends when we close it, and when we
 * die in whatever way, and takes the server with it.
 */
const guard = 'exec 3<&0; (cat; kill $$) <&3 >/dev/null 2>&1 & exec "$0" "$@" 3<&- </dev/null'

/**
 * Starts one on a free port and waits until it answers.
 * @param secret for credentials that are made with it, in place of the one user
 * @throws Error when there is none, or it does not start
 */
export const startTurnServer = async (secret?: string): Promise<TurnServer> => {
  const program = await findTurnServer()
  const port = await findFreePort()
  const folder = await mkdtemp(join(tmpdir(), 'hearth-turn-'))
  const configuration = join(folder, 'turnserver.conf')
  await writeFile(configuration, configure(port, folder, secret))
  const server = spawn('sh', ['-c', guard, program, '-c', configuration], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  server.stdout.on('data', chunk => (said += chunk))
  server.stderr.on('data', chunk => (said += chunk))
  const ended = new Promise<void>(resolve => server.once('close', () => resolve()))
  const close = async (): Promise<void> => {
    server.stdin.end()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const answers = await Promise.race([isAnswering(port).then(() => true), ended.then(() => false)])
    if (!answers) throw new Error('It ended by itself')
  } catch (cause) {
    await close()
    throw new Error(`${program} did not start. It said:\n${said}`, { cause })
  }
  const uri = `turn:${address}:${port}`
  return { uri, iceServers: [{ urls: uri, username, credential }], close }
}

export const findTurnServer = async (): Promise<string> => {
  const found = await findInstalled({ variable: 'HEARTH_TURNSERVER', names: ['turnserver'] })
  if (found) return found
  throw new Error(
    'No TURN server for the browser tests. Install coturn (`apt-get install coturn`, `brew install coturn`), ' +
      'or set HEARTH_TURNSERVER to the path of its `turnserver`.',
  )
}

/** Long-term credentials, as a browser takes them. Nothing is read or written outside the folder. */
const configure = (port: number, folder: string, secret: string | undefined): string =>
  [
    `listening-ip=${address}`,
    `relay-ip=${address}`,
    `listening-port=${port}`,
    // Peers of one machine are at loopback addresses.
    'allow-loopback-peers',
    ...(secret === undefined
      ? ['lt-cred-mech', `user=${username}:${credential}`]
      : ['use-auth-secret', `static-auth-secret=${secret}`]),
    'realm=hearth.test',
    'no-cli',
    'no-tls',
    'no-dtls',
    `userdb=${join(folder, 'turndb')}`,
    `pidfile=${join(folder, 'turnserver.pid')}`,
    'log-file=stdout',
    'simple-log',
    '',
  ].join('\n')

/** Of UDP, which it relays over. Another process could take it before the server does; the kernel hands out others first. */
const findFreePort = async (): Promise<number> => {
  const socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, address, resolve))
  const { port } = socket.address()
  await new Promise<void>(resolve => socket.close(resolve))
  return port
}

/** STUN's binding request, without attributes: whoever speaks STUN answers it, asking for no credentials. */
const bindingRequest = Buffer.from('000100002112a44268656172746820746573742e', 'hex')

const isAnswering = async (port: number): Promise<void> => {
  const socket = createSocket('udp4')
  let hasAnswered = false
  socket.on('message', () => (hasAnswered = true))
  try {
    await until(
      () => {
        socket.send(bindingRequest, port, address)
        return hasAnswered
      },
      { what: 'the TURN server to answer' },
    )
  } finally {
    socket.close()
  }
}
