import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { measureEventLoopLag } from './event-loop-lag.js'
import type { RejectionName } from './rejections.js'

/** What this server counts, for Prometheus. Nothing in it is named after a room, a peer or an address. */
export type Metrics = {
  /** A socket came into a topic that has this many now. */
  readonly countJoin: (socketsInTopic: number) => void
  /** A message of this many bytes went to this many sockets. */
  readonly countRelay: (sockets: number, bytes: number) => void
  countRejection(reason: RejectionName): void
  readonly contentType: string
  /** The page that Prometheus reads. */
  page(): Promise<string>
  close(): void
}

/** What is there at the moment of a scrape. */
export type Present = {
  readonly sockets: () => number
  readonly rooms: () => number
  readonly isReady: () => boolean
}

export const createMetrics = (present: Present): Metrics => {
  const register = new Registry()
  const registers = [register]
  const stopMeasuring = measureEventLoopLag(register)
  // Counted at every message, so as plain numbers, of which a scrape makes metrics.
  let messages = 0
  let bytes = 0

  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: () => {
        made.set(read())
      },
    })
  }
  const total = (name: string, help: string, read: () => number): void => {
    const made: Counter = new Counter({
      name,
      help,
      registers,
      collect: () => {
        made.reset()
        made.inc(read())
      },
    })
  }

  gauge('signaling_sockets', 'Open WebSockets.', present.sockets)
  gauge('signaling_rooms', 'Topics with a socket of this server in them.', present.rooms)
  gauge('signaling_ready', '1 while new sockets are taken.', () => Number(present.isReady()))
  total('signaling_relayed_messages_total', 'Messages passed on, one for each socket that got it.', () => messages)
  total('signaling_relayed_bytes_total', 'Bytes of these messages.', () => bytes)
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  total('process_cpu_seconds_total', 'CPU time of this process.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  const roomPeers = new Histogram({
    name: 'signaling_room_peers',
    help: 'Sockets in a room, seen by each that comes; its count is that of joins.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers,
  })
  const joins = new Counter({ name: 'signaling_joins_total', help: 'Sockets that came into a room.', registers })
  const rejections = new Counter({
    name: 'signaling_rejections_total',
    help: 'Handshakes refused and sockets closed, by reason.',
    labelNames: ['reason'],
    registers,
  })

  return {
    countJoin: socketsInTopic => {
      joins.inc()
      roomPeers.observe(socketsInTopic)
    },
    countRelay: (sockets, bytesEach) => {
      messages += sockets
      bytes += sockets * bytesEach
    },
    countRejection: reason => rejections.inc({ reason }),
    contentType: register.contentType,
    page: () => register.metrics(),
    close: stopMeasuring,
  }
}
