// Builds the demo and the signaling server and serves both on one port: `npm start`. PORT picks another one than
// 4444 or the next free one.
import { networkInterfaces } from 'node:os'
import { compileSignaling } from './compile.js'
import { buildDemo, demoFolder } from './demo.js'

const usualPort = 4444
/** How many ports after the usual one are tried. */
const portsToTry = 20

/**
 * @param {number} port
 * @param {number} lastPort tried in its stead if the ones before it are taken
 */
const serveFrom = async (port, lastPort) => {
  // Only now, as it may have been compiled a moment ago.
  const { createSignalingServer } = await import('hearth-signaling')
  try {
    return await createSignalingServer({ port, staticDirectory: demoFolder })
  } catch (error) {
    if (error.code !== 'EADDRINUSE' || port >= lastPort) throw error
    return serveFrom(port + 1, lastPort)
  }
}

/** The address under which others in the local network reach this machine, if there is one. */
const localAddress = () =>
  Object.values(networkInterfaces())
    .flat()
    .find(address => address?.family === 'IPv4' && !address.internal)?.address

const start = async () => {
  await Promise.all([compileSignaling(), buildDemo()])
  const asked = process.env.PORT
  const server = asked ? await serveFrom(Number(asked), 0) : await serveFrom(usualPort, usualPort + portsToTry)

  const address = localAddress()
  console.log('Hearth is lit. Open it twice, and once more on a phone in the same network:')
  console.log(`  http://localhost:${server.port}`)
  console.log(address === undefined ? '  (no local network found)' : `  http://${address}:${server.port}`)

  const stop = () => void server.close()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

try {
  await start()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
