/**
 * A network between real peers that can fail, as no browser's emulation has it: whatever they send each other, by
 * signaling and over WebRTC, goes through sockets of this process. Signaling is relayed, and in what it says each
 * address of a peer is replaced by one of ours, from where datagrams are forwarded.
 */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer, type RawData } from 'ws'

/** One peer's way to all others. */
export type Access = {
  /** The address of the signaling server, from here. */
  readonly signaling: string
  /** From now on nothing comes and nothing goes, and nobody is told: sockets stay as they are. */
  cut(): void
  /** What is sent from now on arrives again, and what waited on a socket, as TCP would send it anew. */
  mend(): void
  /** As when a phone changes from Wi-Fi to mobile: all sockets there are were in vain, and nobody is told; new ones work. */
  move(): void
  /** How many datagrams were forwarded to or from here: all of WebRTC. */
  readonly datagrams: number
  close(): Promise<void>
}

type Network = {
  /** By the address at which this machine sees a peer's socket. */
  readonly owners: Map<string, Owned>
}
/** A socket of a peer. It works until the peer moves. */
type Owned = { isReachable(): boolean; count(): void }

type Address = { readonly address: string; readonly port: number }
const nameOf = ({ address, port }: Address): string => `${address}:${port}`

export type PatchyNetwork = {
  openAccess(): Promise<Access>
  close(): Promise<void>
}

export const createPatchyNetwork = (signaling: () => string): PatchyNetwork => {
  const network: Network = { owners: new Map() }
  const accesses: Access[] = []
  return {
    openAccess: async () => {
      const access = await openAccess(network, signaling)
      accesses.push(access)
      return access
    },
    close: async () => {
      await Promise.all(accesses.map(access => access.close()))
    },
  }
}

const openAccess = async (network: Network, signaling: () => string): Promise<Access> => {
  const sockets: Socket[] = []
  const published = new Map<string, Promise<Address>>()
  let isCut = false
  let datagrams = 0
  let generation = 0
  const waiting: { readonly of: number; readonly run: () => void }[] = []

  /** Runs it now, or once the network is back if this was not in vain until then. */
  const pass = (of: number, run: () => void): void => {
    if (isCut) waiting.push({ of, run })
    else if (of === generation) run()
  }

  const bind = async (address: string): Promise<Socket> => {
    const socket = createSocket('udp4')
    sockets.push(socket)
    socket.bind(0, address)
    await once(socket, 'listening')
    return socket
  }

  /** An address of ours for a socket of the peer. */
  const publish = async (real: Address): Promise<Address> => {
    const of = generation
    const own: Owned = { isReachable: () => !isCut && of === generation, count: () => void datagrams++ }
    network.owners.set(nameOf(real), own)
    const front = await bind(real.address)
    const backs = new Map<string, Promise<Socket>>()
    /** The other side sees each sender at an address of its own, and answers there. */
    const backFor = async (sender: Address, theirs: Owned): Promise<Socket> => {
      const back = await bind(real.address)
      back.on('message', data => {
        if (own.isReachable() && theirs.isReachable()) front.send(data, sender.port, sender.address)
      })
      return back
    }
    front.on('message', (data, sender) => {
      const theirs = network.owners.get(nameOf(sender))
      if (!theirs?.isReachable() || !own.isReachable()) return
      own.count()
      theirs.count()
      const back = backs.get(nameOf(sender)) ?? backFor(sender, theirs)
      backs.set(nameOf(sender), back)
      void back.then(socket => socket.send(data, real.port, real.address))
    })
    return front.address()
  }

  /** The candidate with our address in it; null for one that is not forwarded. */
  const translate = async (candidate: string): Promise<string | null> => {
    const [, head = '', address = '', port = '', tail = ''] =
      /^(candidate:\S+ \d+ udp \d+ )(\d+\.\d+\.\d+\.\d+) (\d+)( typ host.*)$/i.exec(candidate) ?? []
    if (head === '') return null
    const real = { address, port: Number(port) }
    const ours = published.get(nameOf(real)) ?? publish(real)
    published.set(nameOf(real), ours)
    return `${head}${address} ${(await ours).port}${tail}`
  }

  const translateDescription = async (sdp: string): Promise<string> => {
    const lines = sdp.split('\r\n').map(async line => {
      if (!line.startsWith('a=candidate:')) return line
      const translated = await translate(line.slice(2))
      return translated === null ? null : `a=${translated}`
    })
    return (await Promise.all(lines)).filter(line => line !== null).join('\r\n')
  }

  /** What a client says, with our addresses; null if nothing is left of it. */
  const translateMessage = async (text: string): Promise<string | null> => {
    const message = JSON.parse(text) as { data?: { signal?: { sdp?: string; candidate?: { candidate: string } } } }
    const signal = message.data?.signal
    if (signal?.sdp !== undefined) signal.sdp = await translateDescription(signal.sdp)
    if (signal?.candidate?.candidate) {
      const translated = await translate(signal.candidate.candidate)
      if (translated === null) return null
      signal.candidate.candidate = translated
    }
    return JSON.stringify(message)
  }

  const relay = (client: WebSocket): void => {
    const of = generation
    const server = new WebSocket(signaling())
    const opened = once(server, 'open')
    opened.catch(() => pass(of, () => client.terminate()))
    server.on('error', () => {})
    client.on('error', () => {})
    server.on('message', data => pass(of, () => client.send(textOf(data))))
    server.on('close', () => pass(of, () => client.terminate()))
    // One after the other, or a candidate overtakes its description.
    let outbox: Promise<unknown> = opened
    client.on('message', data =>
      pass(of, () => {
        outbox = outbox.then(() => translateMessage(textOf(data))).then(text => text !== null && server.send(text))
        outbox.catch(() => {})
      }),
    )
    client.on('close', () => pass(of, () => server.terminate()))
  }

  const relays = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: (_info: unknown, answer: (isWelcome: boolean) => void) => pass(generation, () => answer(true)),
  })
  relays.on('connection', relay)
  await once(relays, 'listening')

  return {
    signaling: `ws://127.0.0.1:${(relays.address() as AddressInfo).port}`,
    get datagrams() {
      return datagrams
    },
    cut: () => {
      isCut = true
    },
    mend: () => {
      isCut = false
      for (const { of, run } of waiting.splice(0)) pass(of, run)
    },
    move: () => void generation++,
    close: async () => {
      for (const client of relays.clients) client.terminate()
      for (const socket of sockets) socket.close()
      await new Promise<void>(resolve => relays.close(() => resolve()))
    },
  }
}

/** All that is said here is text in one piece. */
const textOf = (data: RawData): string => (data as Buffer).toString('utf8')
