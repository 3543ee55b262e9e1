import { createLanes, type Lane } from './memory-lanes.js'
import type { Link, LinkListener, SignalingState, Transport, TransportListener, TransportOptions } from './transport.js'
import { maxBufferedBytes } from './transport.js'

export type { Lane } from './memory-lanes.js'

/**
 * A network inside one process, for tests, simulations and several peers in one page. Nothing happens by itself
 * and nothing takes time: whatever is sent, dialled or told waits until it is delivered by hand. Between two peers,
 * and from signaling to one peer, order is kept; between those, `random` picks who is next.
 */
export type MemoryNetwork = {
  /** A transport of this network; rooms may share it or have one each. */
  transport(): Transport
  /** How much waits to be delivered, */
  readonly pending: number
  /** and on which lanes. */
  readonly lanes: readonly Lane[]
  /** Delivers one thing, of this lane if one is named. False if there was nothing. */
  deliver(lane?: Lane): boolean
  /** Delivers until nothing is left, letting promises run in between. */
  settle(): Promise<void>
  /** Whether signaling answers. It tells everybody, and nobody is introduced while it does not. */
  setSignaling(state: 'reachable' | 'unreachable'): void
  /**
   * Parts these groups of peers: links between them close on both sides, with all that is on the way, and none comes
   * back. Signaling is with the first group, as is everybody in no group and whoever joins; the others cannot reach it.
   */
  partition(groups: readonly (readonly string[])[]): void
  /** Undoes `partition`; who is not linked is introduced at once. */
  heal(): void
  /** Has signaling tell one peer that these are the others. */
  tellMembers(peerId: string, members: readonly string[]): void
  /** Closes the link between two peers under them, with all that is on the way; they dial again. */
  closeLink(a: string, b: string): void
  /** No link between these two any more; `mend` undoes it. */
  cut(a: string, b: string): void
  mend(a: string, b: string): void
  /** Loses what is on the way from one peer to the other, as no real link does: it stays open. */
  lose(from: string, to: string): void
  /** This peer is gone from one moment to the next: nobody is told, nothing comes from it or reaches it. */
  kill(peerId: string): void
}

export type MemoryNetworkOptions = {
  /** Uniform in [0, 1): whose turn it is. */
  readonly random: () => number
}

type Member = {
  readonly id: string
  readonly topic: string
  readonly maxLinks: number
  readonly listener: TransportListener
  readonly dropped: Set<string>
  readonly ends: Map<string, End>
  state: 'connected' | 'disconnected' | 'left' | 'killed'
  /** Signaling is with group 0. */
  group: number
}

/** Who sends what signaling tells, as no peer is called. */
export const signalingId = 'signaling'
const signalingLane = (to: string): Lane => ({ from: signalingId, to })

/** One end of a link. `opening` until its peer was told that it is there. */
type End = {
  readonly owner: Member
  readonly peerId: string
  state: 'opening' | 'open' | 'closed'
  bufferedBytes: number
  isDrainDue: boolean
  listener: LinkListener | null
  other: End | null
}

export const createMemoryNetwork = ({ random }: MemoryNetworkOptions): MemoryNetwork => {
  const members = new Set<Member>()
  const parted = new Set<string>()
  const lanes = createLanes(random)
  let isReachable = true

  const pairOf = (a: string, b: string) => (a < b ? `${a}|${b}` : `${b}|${a}`)
  const listed = () => [...members].filter(({ state }) => state === 'connected')
  const isSignaled = ({ state, group }: Member) => state === 'connected' && isReachable && group === 0
  const signaled = (topic: string) => listed().filter(member => isSignaled(member) && member.topic === topic)
  const topics = () => new Set(listed().map(({ topic }) => topic))

  // --- signaling ------------------------------------------------------------------------------------------------

  const tellMembers = (topic: string) => {
    for (const member of signaled(topic))
      lanes.send(signalingLane(member.id), {
        isLost: () => !isSignaled(member),
        arrive: () => {
          const others = signaled(topic).filter(other => other !== member)
          member.listener.onMembers(
            others.map(({ id }) => id),
            0,
          )
        },
      })
  }

  const tellState = (member: Member) => {
    const state: SignalingState = isSignaled(member) ? 'connected' : 'connecting'
    lanes.send(signalingLane(member.id), {
      isLost: () => member.state !== 'connected',
      arrive: () => member.listener.onSignaling(state),
    })
  }

  /** Links whoever can be linked and is not. */
  const introduce = (topic: string) => {
    const here = signaled(topic)
    for (const [index, a] of here.entries())
      for (const b of here.slice(index + 1)) {
        const isRefused = a.dropped.has(b.id) || b.dropped.has(a.id) || parted.has(pairOf(a.id, b.id))
        const isFull = a.ends.size >= a.maxLinks || b.ends.size >= b.maxLinks
        if (!isRefused && !isFull && !a.ends.has(b.id) && !b.ends.has(a.id)) dial(a, b)
      }
  }

  /** Who is where has changed. */
  const review = (topic: string) => {
    tellMembers(topic)
    introduce(topic)
  }

  /** Changes whom signaling reaches. */
  const reroute = (change: () => void) => {
    const before = new Set(listed().filter(isSignaled))
    change()
    for (const member of listed()) if (isSignaled(member) !== before.has(member)) tellState(member)
    topics().forEach(review)
  }

  // --- links ----------------------------------------------------------------------------------------------------

  const dial = (a: Member, b: Member) => {
    const ends = [createEnd(a, b.id), createEnd(b, a.id)] as const
    ends[0].other = ends[1]
    ends[1].other = ends[0]
    for (const end of ends) {
      const { owner, peerId } = end
      owner.ends.set(peerId, end)
      arrive(end, () => owner.listener.onDial(peerId, 'connecting'))
      arrive(end, () => {
        end.state = 'open'
        end.listener = owner.listener.onLink(createLink(end))
      })
    }
  }

  const createEnd = (owner: Member, peerId: string): End => ({
    owner,
    peerId,
    state: 'opening',
    bufferedBytes: 0,
    isDrainDue: false,
    listener: null,
    other: null,
  })

  const isGone = ({ state, owner }: End) => state === 'closed' || owner.state !== 'connected'

  /** What comes from the other end of a link, in order. */
  const arrive = (end: End, run: () => void) =>
    lanes.send({ from: end.peerId, to: end.owner.id }, { isLost: () => isGone(end), arrive: run })

  const createLink = (end: End): Link => ({
    peerId: end.peerId,
    get bufferedBytes() {
      return end.bufferedBytes
    },
    send: frame => {
      const { other } = end
      if (end.state !== 'open' || !other || end.owner.state !== 'connected') return
      // The sender may go on to use its bytes.
      const copy = frame.slice()
      end.bufferedBytes += copy.length
      if (end.bufferedBytes > maxBufferedBytes) end.isDrainDue = true
      arrive(other, () => {
        other.listener?.onMessage(copy)
        end.bufferedBytes -= copy.length
        if (!end.isDrainDue || end.bufferedBytes > maxBufferedBytes / 2) return
        end.isDrainDue = false
        if (end.state === 'open') end.listener?.onDrain()
      })
    },
    close: () => close(end),
  })

  /** Closes an end at once, and the other when what is on the way to it has arrived. */
  const close = (end: End) => {
    const { other, owner } = end
    if (end.state === 'closed') return
    shut(end)
    if (owner.state === 'killed') return
    if (!other || other.state === 'closed') return introduce(owner.topic)
    arrive(other, () => {
      shut(other)
      introduce(owner.topic)
    })
  }

  const shut = (end: End) => {
    const { owner, peerId, state, listener } = end
    end.state = 'closed'
    if (owner.ends.get(peerId) === end) owner.ends.delete(peerId)
    if (owner.state === 'killed') return
    if (state === 'open') listener?.onClose()
    else if (owner.state !== 'left') owner.listener.onDial(peerId, 'closed')
  }

  const endsOf = (member: Member) => [...member.ends.values()]

  const endBetween = (a: string, b: string) =>
    [...members].flatMap(member => (member.id === a ? (member.ends.get(b) ?? []) : []))

  const closeBoth = (a: string, b: string) => {
    // What is on the way is lost with the link.
    for (const end of [...endBetween(a, b), ...endBetween(b, a)]) shut(end)
  }

  const join = (options: TransportOptions, listener: TransportListener) => {
    const { topic, peerId, maxLinks = Infinity } = options
    const member: Member = {
      group: 0,
      id: peerId,
      topic,
      maxLinks,
      listener,
      dropped: new Set(),
      ends: new Map(),
      state: 'disconnected',
    }
    members.add(member)

    const enter = () => {
      member.state = 'connected'
      tellState(member)
      review(topic)
    }
    const exit = (state: 'disconnected' | 'left') => {
      member.state = state
      for (const end of endsOf(member)) close(end)
      tellMembers(topic)
      if (state === 'left') members.delete(member)
    }
    enter()
    return {
      disconnect: () => {
        if (member.state !== 'connected') return
        exit('disconnected')
        lanes.send(signalingLane(peerId), {
          isLost: () => member.state !== 'disconnected',
          arrive: () => listener.onSignaling('disconnected'),
        })
      },
      connect: () => {
        if (member.state === 'disconnected') enter()
      },
      drop: (id: string) => {
        member.dropped.add(id)
        const end = member.ends.get(id)
        if (end) close(end)
      },
      leave: () => {
        if (member.state === 'connected' || member.state === 'disconnected') exit('left')
      },
    }
  }

  return {
    transport: () => ({ name: 'memory', join }),
    get pending() {
      return lanes.size
    },
    get lanes() {
      return lanes.waiting
    },
    deliver: lane => lanes.deliver(lane),
    settle: async () => {
      do await promisesRun()
      while (lanes.deliver())
    },
    setSignaling: state =>
      reroute(() => {
        isReachable = state === 'reachable'
      }),
    partition: groups =>
      reroute(() => {
        for (const member of members)
          member.group = Math.max(
            0,
            groups.findIndex(group => group.includes(member.id)),
          )
        const groupOf = new Map([...members].map(({ id, group }) => [id, group]))
        for (const member of members)
          for (const { peerId } of endsOf(member))
            // The last words of who has left still arrive.
            if ((groupOf.get(peerId) ?? member.group) !== member.group) closeBoth(member.id, peerId)
      }),
    heal: () =>
      reroute(() => {
        for (const member of members) member.group = 0
      }),
    tellMembers: (peerId, told) => {
      for (const member of listed())
        if (member.id === peerId)
          lanes.send(signalingLane(peerId), {
            isLost: () => !isSignaled(member),
            arrive: () => member.listener.onMembers(told, 0),
          })
    },
    closeLink: (a, b) => {
      closeBoth(a, b)
      topics().forEach(introduce)
    },
    cut: (a, b) => {
      parted.add(pairOf(a, b))
      closeBoth(a, b)
    },
    mend: (a, b) => {
      parted.delete(pairOf(a, b))
      topics().forEach(introduce)
    },
    lose: (from, to) => lanes.clear({ from, to }),
    kill: peerId => {
      for (const member of members)
        if (member.id === peerId) {
          member.state = 'killed'
          members.delete(member)
          tellMembers(member.topic)
        }
    },
  }
}

/** Microtasks only: no timer. A chain of promises that is longer than this goes on with the next delivery. */
export const promisesRun = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
