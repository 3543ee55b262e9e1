import { parsePeerPayload, type Announce, type PeerPayload, type Signal } from '../wire/signaling-messages.js'
import { createRoomCipher } from './room-cipher.js'
import type { SignalingClient, SignalingClientListener } from './signaling-client.js'
import type { SignalingState, TransportOptions, TransportProblem } from './transport.js'

/** What peers say to each other in one topic, over all its signaling servers, sealed if there is a password. */
export type Topic = {
  /** Whether a signal to this peer has a way to go: some server lists it, or it was heard where nobody is listed. */
  canReach(peerId: string): boolean
  /** Sends over one server only, so that no signal arrives twice. Without a way to go it does nothing. */
  send(to: string, signal: PeerSignal): void
  /** The same for what is sealed already. */
  relay(to: string, data: unknown): void
  /** Announces to this peer alone. */
  announceTo(peerId: string): void
  /** Takes back that the peer was heard. One that a server lists stays reachable. */
  forget(peerId: string): void
  /** Ends every wait for a server, and asks those that seem to be there. */
  retry(): void
  /** Asks the servers that seem to be there whether they are. */
  probe(): void
  close(): void
}

/** A signal without its envelope. */
export type PeerSignal = Pick<Signal, 'of' | 'alone' | 'signal'> & { epoch: number }

/** Nothing is called any more once `close` was. */
export type TopicListener = {
  /** Whether to announce this peer as one without any link. */
  isAlone(): boolean
  /** "Here I am, dial me." */
  onAnnounce(announce: Announce): void
  onSignal(from: string, signal: PeerSignal): void
  onMembers(peerIds: readonly string[], unnamed: number): void
  onState(state: SignalingState): void
  onProblem(problem: TransportProblem): void
}

/** How a topic is spoken in: by which transport, and over what kind of client. */
export type TopicSpeech = {
  readonly transport: 'webrtc' | 'y-webrtc'
  openClient(url: string, listener: SignalingClientListener): SignalingClient
}

/** So often at most is a stranger answered, because to the stranger the answer is another stranger's. */
const answerPauseMs = 10_000

export const openTopic = (speech: TopicSpeech, options: TransportOptions, listener: TopicListener): Topic => {
  const { transport } = speech
  const { topic, peerId, password, clock } = options
  const cipher = password === undefined ? null : createRoomCipher(password, topic)
  const heardAt = new Map<string, SignalingClient>()
  let outbox = Promise.resolve()
  let inbox = Promise.resolve()
  let lastAnswerAt = -Infinity
  let told: SignalingState | null = null
  let isClosed = false

  const publish = (client: SignalingClient, payload: PeerPayload): void => {
    if (!cipher) return client.publish(payload, payload.to)
    // One after the other: an offer must not be overtaken by its candidates.
    outbox = outbox.then(async () => client.publish(await (await cipher).seal(payload), payload.to))
  }

  const announce = (client: SignalingClient, to?: string): void => {
    const alone = listener.isAlone() && { alone: true }
    publish(client, { type: 'announce', from: peerId, ...(to !== undefined && { to }), transport, ...alone })
  }

  const meetStranger = (client: SignalingClient, problem: TransportProblem): void => {
    const isAnswered = clock.monotonic() - lastAnswerAt < answerPauseMs
    if (!isAnswered) {
      lastAnswerAt = clock.monotonic()
      announce(client)
    }
    // Who used another password cannot be told from what came, so every one of them would count anew.
    if (!isAnswered || problem.code !== 'password-mismatch') listener.onProblem(problem)
  }

  const hear = (client: SignalingClient, payload: PeerPayload | null): void => {
    if (payload === null || payload.from === peerId) return
    if (payload.to !== undefined && payload.to !== peerId) return
    const { from } = payload
    const theirs = transportOf(payload)
    if (theirs !== transport) return meetStranger(client, { code: 'transport-mismatch', peerId: from, theirs })
    heardAt.set(from, client)
    if (payload.type === 'announce') {
      // Whoever is on several servers announces itself on each, and has to be heard once.
      if (wayTo(from) === client) listener.onAnnounce(payload)
    } else listener.onSignal(from, { ...payload, epoch: payload.epoch ?? payload.token })
  }

  const unseal = async (client: SignalingClient, sealed: unknown): Promise<void> => {
    const opened = typeof sealed === 'string' && cipher ? await (await cipher).open(sealed) : null
    if (isClosed) return
    if (opened) return hear(client, parsePeerPayload(opened.data))
    // What is neither sealed nor a payload is noise, and says nothing about passwords.
    if (typeof sealed === 'string' || parsePeerPayload(sealed)) meetStranger(client, { code: 'password-mismatch' })
  }

  const receive = (client: SignalingClient, data: unknown): void => {
    if (!cipher && typeof data !== 'string') return hear(client, parsePeerPayload(data))
    // What a listener throws is its own error, as with any event, and must not end the line.
    inbox = inbox.then(() => unseal(client, data)).catch(throwLater)
  }

  const tellState = (): void => {
    const isConnected = clients.some(client => client.isOpen)
    const state = isConnected ? 'connected' : clients.length > 0 ? 'connecting' : 'disconnected'
    if (state !== told) listener.onState((told = state))
  }

  const tellMembers = (): void => {
    const lists = clients.flatMap(({ members }) => members ?? [])
    const unnamed = lists.reduce((sum, list) => sum + list.unnamed, 0)
    if (lists.length > 0) listener.onMembers([...new Set(lists.flatMap(({ peers }) => [...peers]))], unnamed)
  }

  const clients = options.signaling.map(url => {
    const client: SignalingClient = speech.openClient(url, {
      onOpen: () => {
        announce(client)
        tellState()
      },
      onLost: () => {
        tellState()
        tellMembers()
      },
      onMembers: tellMembers,
      onPublish: data => receive(client, data),
      onFailed: reason => listener.onProblem({ code: 'signaling-failed', url, reason }),
    })
    return client
  })
  tellState()

  /** The server that a signal to this peer goes over. */
  const wayTo = (to: string): SignalingClient | undefined =>
    clients.find(client =>
      client.members ? client.members.peers.has(to) : client.isOpen && heardAt.get(to) === client,
    )

  return {
    canReach: to => wayTo(to) !== undefined,
    send: (to, signal) => {
      const client = wayTo(to)
      if (client) publish(client, { type: 'signal', from: peerId, to, token: 0, ...signal })
    },
    relay: (to, data) => wayTo(to)?.publish(data, to),
    announceTo: to => {
      const client = wayTo(to)
      if (client) announce(client, to)
    },
    forget: from => heardAt.delete(from),
    retry: () => clients.forEach(client => client.retry()),
    probe: () => clients.forEach(client => client.probe()),
    close: () => {
      isClosed = true
      clients.forEach(client => client.close())
    },
  }
}

/** Plain y-webrtc names no transport, and numbers its connections by their tokens. */
const transportOf = (payload: PeerPayload): string => {
  if (payload.type === 'announce') return payload.transport ?? 'y-webrtc'
  return payload.epoch === undefined ? 'y-webrtc' : 'webrtc'
}

const throwLater = (error: unknown): void =>
  queueMicrotask(() => {
    throw error
  })
