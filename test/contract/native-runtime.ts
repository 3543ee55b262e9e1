/** The browser's WebRTC and WebSocket, with an eye on what is open and a hand to cut it. */

const connections: RTCPeerConnection[] = []
const channels: RTCDataChannel[] = []
const sockets: WebSocket[] = []

export class WatchedConnection extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    connections.push(this)
  }

  override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, init)
    channels.push(channel)
    return channel
  }
}

export class WatchedSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols)
    sockets.push(this)
  }
}

/** How many of each are not closed. */
export const openNatives = (): { connections: number; channels: number; sockets: number } => ({
  connections: connections.filter(({ connectionState }) => connectionState !== 'closed').length,
  channels: channels.filter(({ readyState }) => readyState === 'open').length,
  sockets: sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED).length,
})

export const madeConnections = (): number => connections.length

/** Closes the channels, as the network may. Both sides are told. */
export const cutChannels = (): void => channels.forEach(channel => channel.close())

/** Closes the connections; that makes no event on this side. */
export const cutConnections = (): void => connections.forEach(connection => connection.close())

/** By which kinds of candidates (`host`, `srflx`, `prflx`, `relay`) the open connections go, and which they know. */
export type Path = { readonly local: string; readonly remote: string; readonly known: readonly string[] }

/** The path of each connected connection. */
export const paths = async (): Promise<Path[]> => {
  const connected = connections.filter(({ connectionState }) => connectionState === 'connected')
  return Promise.all(connected.map(async connection => readPath(await connection.getStats())))
}

type Stats = { readonly type: string; readonly [name: string]: unknown }

const readPath = (report: RTCStatsReport): Path => {
  const all: Stats[] = []
  report.forEach((stats: Stats) => all.push(stats))
  const kindOf = (id: unknown) => String((report.get(String(id)) as Stats | undefined)?.['candidateType'])
  const transport = all.find(({ type }) => type === 'transport')
  const pair = all.find(({ type, id, selected }) => {
    // Firefox marks the pair itself.
    return type === 'candidate-pair' && (id === transport?.['selectedCandidatePairId'] || selected === true)
  })
  const known = all.filter(({ type }) => type === 'local-candidate').map(({ candidateType }) => String(candidateType))
  return { local: kindOf(pair?.['localCandidateId']), remote: kindOf(pair?.['remoteCandidateId']), known }
}
