import { gather, type Crowd } from './signaling/crowd.js'
import { startServers, type Server } from './signaling/servers.js'
import { printTable } from './table.js'

const roomSize = 8
const idleSockets = 5000
const stormSockets = 2000
const publishingSockets = 800
/** Of each kind of load, so that whatever else the machine does meets all servers alike. */
const turns = 4
const roundsPerTurn = 10
const roundsApartPerTurn = 4

/** What one server took. */
type Taken = { socketBytes: number; relayed: Relayed; relayedApart: Relayed; stormMs: number }

type Relayed = { messages: number; ms: number }

/** An announce, a candidate, an offer. */
const sizes = [100, 300, 1500].map(bytes => 'x'.repeat(bytes))
const dataOf = (index: number): string => sizes[index % sizes.length] ?? ''

const cpuMsOf = async ({ process }: Server, run: () => Promise<unknown>): Promise<number> => {
  const before = await process.cpuMs()
  await run()
  return (await process.cpuMs()) - before
}

/** Engines compile what runs often. */
const warmUp = async (server: Server): Promise<void> => {
  const crowd = await gather(server, publishingSockets, roomSize, 100)
  for (let round = 0; round < 10; round += 1) await crowd.publishOnce(dataOf)
  for (let round = 0; round < 5; round += 1) await crowd.publishApart(dataOf)
  await crowd.leave()
}

const measureIdle = async (server: Server): Promise<number> => {
  // What is loaded for the first sockets; more of them would leave memory behind for those that count.
  await (await gather(server, 100, roomSize, 100)).leave()
  const before = await server.process.memory()
  const crowd = await gather(server, idleSockets, roomSize, 100)
  const after = await server.process.memory()
  await crowd.leave()
  return (after.rssBytes - before.rssBytes) / idleSockets
}

/** Adds to the sums: all publish at once, in turn after turn, and then one at a time. */
const measureRelaying = async (server: Server, { relayed, relayedApart }: Taken): Promise<void> => {
  const crowd = await gather(server, publishingSockets, roomSize, 100)
  relayed.ms += await cpuMsOf(server, async () => {
    for (let round = 0; round < roundsPerTurn; round += 1) relayed.messages += await crowd.publishOnce(dataOf)
  })
  relayedApart.ms += await cpuMsOf(server, async () => {
    for (let round = 0; round < roundsApartPerTurn; round += 1)
      relayedApart.messages += await crowd.publishApart(dataOf)
  })
  await crowd.leave()
}

const measureStorm = async (server: Server): Promise<number> => {
  let crowd: Crowd | undefined
  const ms = await cpuMsOf(server, async () => {
    crowd = await gather(server, stormSockets, roomSize, stormSockets)
  })
  await crowd?.leave()
  return ms
}

const measure = async (servers: readonly Server[]): Promise<Taken[]> => {
  const taken: Taken[] = servers.map(() => ({
    socketBytes: 0,
    relayed: { messages: 0, ms: 0 },
    relayedApart: { messages: 0, ms: 0 },
    stormMs: 0,
  }))
  const each = async (run: (server: Server, sums: Taken) => Promise<void>): Promise<void> => {
    for (const [index, server] of servers.entries()) await run(server, taken[index] as Taken)
  }
  await each(async (server, sums) => {
    sums.socketBytes = await measureIdle(server)
  })
  await each(warmUp)
  for (let turn = 0; turn < turns; turn += 1) {
    await each(measureRelaying)
    await each(async (server, sums) => {
      sums.stormMs += await measureStorm(server)
    })
  }
  return taken
}

const times = (value: number, bare: number): string => (value / bare).toFixed(2)

/** Signaling servers under one load, each in a process of its own: memory and CPU time, by those of the bare relay. */
export async function run(): Promise<void> {
  const servers = await startServers()
  try {
    const taken = await measure(servers)
    const bare = taken[0] as Taken
    const throughput = ({ messages, ms }: Relayed): number => messages / ms
    console.log('  times those of the bare relay; CPU time and memory of the server alone')
    printTable([
      [
        '',
        `memory of one of ${idleSockets} idle`,
        'relayed per CPU time, all at once',
        'one at a time',
        `CPU time of ${stormSockets} joins`,
      ],
      ...servers.map(({ name }, index) => {
        const own = taken[index] as Taken
        return [
          name,
          times(own.socketBytes, bare.socketBytes),
          times(throughput(own.relayed), throughput(bare.relayed)),
          times(throughput(own.relayedApart), throughput(bare.relayedApart)),
          times(own.stormMs, bare.stormMs),
        ]
      }),
    ])
    const joins = (turns * stormSockets * 1000) / bare.stormMs
    console.log(
      `  the bare relay: ${(bare.socketBytes / 1024).toFixed(1)} KiB a socket; by second of CPU time it relays ` +
        `${Math.round(throughput(bare.relayed) * 1000)} at once, ${Math.round(throughput(bare.relayedApart) * 1000)} ` +
        `one at a time, and takes ${Math.round(joins)} joins`,
    )
    console.log(
      `  rooms of ${roomSize}; ${bare.relayed.messages} and ${bare.relayedApart.messages} relayed by each, not counting what ` +
        'comes back to its sender',
    )
  } finally {
    await Promise.all(servers.map(({ process }) => process.close()))
  }
}
