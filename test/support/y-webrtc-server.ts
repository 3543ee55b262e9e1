/** The signaling server that y-webrtc 10.3.0 brings along, unchanged, in a process of its own. */

import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { WebSocket } from 'ws'
import { until } from './until.js'

export type YWebrtcServer = { readonly url: string; close(): Promise<void> }

export const startYWebrtcServer = async (): Promise<YWebrtcServer> => {
  const packageFolder = join(dirname(createRequire(import.meta.url).resolve('y-webrtc')), '..')
  // It cannot tell which port it got, so it is given one that was free a moment ago.
  const port = await findFreePort()
  const process = spawn(globalThis.process.execPath, [join(packageFolder, 'bin', 'server.js')], {
    env: { ...globalThis.process.env, PORT: String(port) },
    stdio: 'ignore',
  })
  const ended = new Promise<void>(resolve => process.once('exit', () => resolve()))
  const url = `ws://127.0.0.1:${port}`
  await until(() => answers(url), { what: 'the y-webrtc server answers' })
  return {
    url,
    close: () => {
      process.kill('SIGKILL')
      return ended
    },
  }
}

/** One that was free a moment ago. */
export const findFreePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const answers = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = new WebSocket(url)
    socket.once('open', () => {
      socket.close()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
