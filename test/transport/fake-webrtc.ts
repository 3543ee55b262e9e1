/** WebRTC without a network: what perfect negotiation and a data channel need of it, delivered by a clock. */

import type { Clock } from '../../src/clock.js'

export type FakeWebRTC = {
  /** The constructor that this peer is given, so that it can be told from others. */
  of(peerId: string): typeof RTCPeerConnection
  /** Connections that are not closed. */
  readonly openConnections: number
  /** How many were ever made. */
  readonly made: number
  /** Closes every channel of the peer, as a network may; both sides are told. */
  cut(peerId: string): void
  /** From now on nothing passes between these two, and ICE fails where it was connected; `join` undoes it. */
  part(a: string, b: string): void
  join(a: string, b: string): void
  /** The peer changes networks: its ways to others are gone, as they notice, until ICE is restarted. */
  move(peerId: string): void
  /** From now on a peer that closes a connection does so without the other side noticing, as when it loses power. */
  hideCloses(): void
  /** Fills the send queues of the peer's channels: from now on they refuse every frame. */
  jam(peerId: string): void
  /** Says a text, where only bytes are expected, on every channel of the peer. */
  sayText(peerId: string): void
  /** From now on `new` throws for this peer, or no longer. */
  setRefusing(peerId: string, isRefusing: boolean): void
  /** What the peer's connections were asked: `restartIce` for instance. */
  readonly calls: readonly { readonly peerId: string; readonly call: string }[]
}

type FakeDescription = { readonly owner: number; readonly ufrag: number; readonly type: string }

export const createFakeWebRTC = ({ clock, random }: { clock: Clock; random: () => number }): FakeWebRTC => {
  const connections: FakeConnection[] = []
  const parted = new Set<string>()
  const refusing = new Set<string>()
  let areClosesHidden = false
  const calls: { peerId: string; call: string }[] = []
  const pair = (a: string, b: string): string => [a, b].toSorted().join('|')
  const later = (run: () => void): void => void clock.schedule(run, 1 + random() * 10)

  class FakeChannel extends EventTarget {
    binaryType = 'blob'
    bufferedAmount = 0
    bufferedAmountLowThreshold = 0
    readyState = 'connecting'
    isJammed = false
    private lastArrival = 0

    constructor(readonly connection: FakeConnection) {
      super()
    }

    send(frame: Uint8Array): void {
      if (this.readyState !== 'open' || this.isJammed) throw new Error('not open, or its queue is full')
      const data = frame.slice().buffer
      const other = this.connection.counterpart?.channel
      this.bufferedAmount += data.byteLength
      this.lastArrival = Math.max(this.lastArrival, clock.monotonic() + 1 + random() * 10)
      clock.schedule(() => {
        this.bufferedAmount -= data.byteLength
        if (this.bufferedAmount <= this.bufferedAmountLowThreshold) this.dispatchEvent(new Event('bufferedamountlow'))
        if (other?.readyState === 'open') other.dispatchEvent(new MessageEvent('message', { data }))
      }, this.lastArrival - clock.monotonic())
    }

    open(): void {
      if (this.readyState !== 'connecting') return
      this.readyState = 'open'
      this.dispatchEvent(new Event('open'))
    }

    close(): void {
      if (this.readyState === 'closed') return
      this.readyState = 'closed'
      later(() => this.dispatchEvent(new Event('close')))
    }
  }

  class FakeConnection extends EventTarget {
    readonly number = connections.push(this)
    signalingState = 'stable'
    connectionState = 'new'
    localDescription: { type: string; sdp: string } | null = null
    channel: FakeChannel | null = null
    counterpart: FakeConnection | null = null
    private remote: FakeDescription | null = null
    private ufrag = 0
    private candidates = 0
    /** The way that is gone, by what both sides called themselves. */
    private lostWay = ''

    constructor(readonly peerId: string) {
      super()
      if (refusing.has(peerId)) throw new Error('Cannot create so many PeerConnections')
    }

    createDataChannel(_label: string, init: RTCDataChannelInit): FakeChannel {
      if (!init.negotiated || init.id !== 0 || init.ordered === false) throw new Error('another channel than agreed on')
      if (init.maxRetransmits !== undefined || init.maxPacketLifeTime !== undefined) throw new Error('not reliable')
      this.channel = new FakeChannel(this)
      return this.channel
    }

    restartIce(): void {
      calls.push({ peerId: this.peerId, call: 'restartIce' })
      this.ufrag++
    }

    /** What simple-peer asks for; nothing comes of it. */
    createOffer(): Promise<never> {
      return new Promise(() => {})
    }

    async setLocalDescription(): Promise<void> {
      await this.work()
      const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer'
      this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable'
      this.localDescription = { type, sdp: JSON.stringify({ owner: this.number, ufrag: this.ufrag, type }) }
      const findCandidate = (): void => {
        if (this.signalingState === 'closed') return
        const candidate = { candidate: `${this.number}/${this.ufrag}`, sdpMid: '0', sdpMLineIndex: 0 }
        this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }))
      }
      // Some find one before the description is there.
      if (random() < 0.5) findCandidate()
      else later(findCandidate)
      this.tryToConnect()
    }

    async setRemoteDescription({ type, sdp }: { type: string; sdp: string }): Promise<void> {
      await this.work()
      if (type === 'answer' && this.signalingState !== 'have-local-offer')
        throw new Error(`answer in ${this.signalingState}`)
      const remote = JSON.parse(sdp) as FakeDescription
      if (this.remote && this.remote.owner !== remote.owner) throw new Error('a description of another connection')
      if (this.remote?.ufrag !== remote.ufrag) this.candidates = 0
      this.remote = remote
      this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable'
      this.tryToConnect()
    }

    async addIceCandidate({ candidate }: { candidate: string }): Promise<void> {
      await this.work()
      if (candidate !== `${this.remote?.owner}/${this.remote?.ufrag}`) throw new Error('a candidate of another offer')
      this.candidates++
      this.tryToConnect()
    }

    close(): void {
      if (this.signalingState === 'closed') return
      this.signalingState = 'closed'
      this.connectionState = 'closed'
      if (this.channel) this.channel.readyState = 'closed'
      const { counterpart } = this
      if (areClosesHidden) return
      if (counterpart && !parted.has(pair(this.peerId, counterpart.peerId))) counterpart.channel?.close()
    }

    setState(state: string): void {
      if (this.connectionState === state || this.connectionState === 'closed') return
      this.connectionState = state
      later(() => this.dispatchEvent(new Event('connectionstatechange')))
    }

    /** Both know each other's present description, and one of them a way to the other. */
    tryToConnect(): void {
      const other = connections[(this.remote?.owner ?? 0) - 1]
      if (!other || !this.agreesWith(other) || !other.agreesWith(this) || this.candidates + other.candidates === 0)
        return
      if (parted.has(pair(this.peerId, other.peerId)) || this.lostWay === this.wayTo(other)) return
      for (const [near, far] of [
        [this, other],
        [other, this],
      ] as const) {
        near.counterpart = far
        near.setState('connected')
        later(() => near.channel?.open())
      }
    }

    loseWay(): void {
      const { counterpart } = this
      if (!counterpart || this.signalingState === 'closed') return
      this.lostWay = this.wayTo(counterpart)
      counterpart.lostWay = counterpart.wayTo(this)
      for (const each of [this, counterpart]) each.setState('disconnected')
    }

    private wayTo(other: FakeConnection): string {
      return `${this.ufrag}/${other.ufrag}`
    }

    private agreesWith(other: FakeConnection): boolean {
      const { remote } = this
      if (this.signalingState !== 'stable' || remote?.owner !== other.number) return false
      return remote.ufrag === other.ufrag && remote.type === other.localDescription?.type
    }

    private async work(): Promise<void> {
      await new Promise<void>(resolve => later(resolve))
      if (this.signalingState === 'closed') throw new Error('closed')
    }
  }

  const between = (a: string, b: string): FakeConnection[] =>
    connections.filter(({ peerId, counterpart }) => counterpart && pair(peerId, counterpart.peerId) === pair(a, b))

  return {
    of: peerId =>
      class extends FakeConnection {
        constructor() {
          super(peerId)
        }
      } as unknown as typeof RTCPeerConnection,
    get openConnections() {
      return connections.filter(({ signalingState }) => signalingState !== 'closed').length
    },
    get made() {
      return connections.length
    },
    cut: peerId => {
      for (const each of connections) {
        if (each.peerId !== peerId || each.signalingState === 'closed') continue
        each.channel?.close()
        each.counterpart?.channel?.close()
      }
    },
    part: (a, b) => {
      parted.add(pair(a, b))
      for (const each of between(a, b)) each.setState('failed')
    },
    join: (a, b) => {
      parted.delete(pair(a, b))
      for (const each of connections) if (each.peerId === a || each.peerId === b) each.tryToConnect()
    },
    move: peerId => {
      for (const each of connections) if (each.peerId === peerId) each.loseWay()
    },
    hideCloses: () => {
      areClosesHidden = true
    },
    jam: peerId => {
      for (const { peerId: id, channel } of connections) if (id === peerId && channel) channel.isJammed = true
    },
    sayText: peerId => {
      const event = new MessageEvent('message', { data: 'text' })
      for (const each of connections) if (each.peerId === peerId) each.counterpart?.channel?.dispatchEvent(event)
    },
    setRefusing: (peerId, isRefusing) => {
      if (isRefusing) refusing.add(peerId)
      else refusing.delete(peerId)
    },
    calls,
  }
}
