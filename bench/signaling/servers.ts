import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { SignJWT } from 'jose'
import { startProbed, type ProbedProcess } from '../../signaling/test/support/probed-process.js'
import { findFreePort } from '../../test/support/y-webrtc-server.js'

/** A signaling server in a process of its own, and how a client of it begins. */
export type Server = {
  readonly name: string
  readonly process: ProbedProcess
  /** The address for who wants into a room. */
  addressFor(visit: Visit): Promise<string>
  /** What it says first. */
  greetingOf(visit: Visit): object
  /** How many sockets get a publish in a room of so many: y-webrtc's server sends it back to its sender, too. */
  heardBy(sockets: number): number
}

export type Visit = { readonly room: string; readonly peer: string }

const root = join(import.meta.dirname, '..')
const secret = 'a secret that is long enough for HS256'

/** All of them, the bare relay first. */
export const startServers = async (): Promise<readonly Server[]> => {
  const command = await buildCommand()
  return Promise.all([
    startBareRelay(),
    startYWebrtc(),
    startOurs(command, 'hearth-signaling'),
    startOurs(command, '… with tokens', { tokens: true }),
    startOurs(command, '… with tokens, members named', { tokens: true, members: true }),
  ])
}

const buildCommand = async (): Promise<string> => {
  const outfile = join(root, 'node_modules/.cache/hearth-bench/signaling.mjs')
  await build({
    entryPoints: [join(root, 'signaling/src/main.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  return outfile
}

const subscribe = ({ room }: Visit) => ({ type: 'subscribe', topics: [room] })

const startBareRelay = async (): Promise<Server> => {
  const process = await startProbed(join(root, 'bench/signaling/relay.mjs'))
  return {
    name: 'bare ws relay',
    process,
    addressFor: async () => process.firstLine,
    greetingOf: subscribe,
    heardBy: sockets => sockets - 1,
  }
}

const startYWebrtc = async (): Promise<Server> => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('y-webrtc')), '..')
  const port = await findFreePort()
  const process = await startProbed(join(folder, 'bin/server.js'), { env: { PORT: String(port) } })
  return {
    name: 'y-webrtc’s own',
    process,
    addressFor: async () => `ws://127.0.0.1:${port}`,
    greetingOf: subscribe,
    heardBy: sockets => sockets,
  }
}

/** Every check is on; these limits are wide, because here all sockets are of one address and in a hurry. */
const wide = [
  'max-sockets-per-address',
  'max-handshakes-per-minute',
  'points-per-second',
  'max-points',
  'points-per-second-per-address',
  'max-points-per-address',
].flatMap(name => [`--${name}`, '1000000'])

type Kind = { readonly tokens?: boolean; readonly members?: boolean }

const startOurs = async (command: string, name: string, kind: Kind = {}): Promise<Server> => {
  const { tokens = false, members = false } = kind
  const process = await startProbed(command, {
    args: ['--host', '127.0.0.1', '--port', '0', ...wide],
    env: tokens ? { HEARTH_TOKEN_SECRET: secret } : {},
  })
  const url = /ws:\S+/.exec(process.firstLine)?.[0] ?? ''
  const key = new TextEncoder().encode(secret)
  const tokenFor = ({ room, peer }: Visit): Promise<string> =>
    new SignJWT({ room, ...(members && { peer }) })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(key)
  return {
    name,
    process,
    addressFor: async visit => (tokens ? `${url}/?token=${await tokenFor(visit)}` : url),
    greetingOf: visit => ({ ...subscribe(visit), ...(members && { peer: visit.peer }) }),
    heardBy: sockets => sockets - 1,
  }
}
