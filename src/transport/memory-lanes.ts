/** The way from one to another, in order: `from` is a peer id or `signaling`. */
export type Lane = { readonly from: string; readonly to: string }

export type Parcel = {
  arrive(): void
  /** It can reach nobody any more. */
  isLost(): boolean
}

/** All that is on the way in a memory network. */
export type Lanes = {
  /** The lanes on which something is on the way. */
  readonly waiting: readonly Lane[]
  /** How much is on the way. */
  readonly size: number
  send(lane: Lane, parcel: Parcel): void
  /** Lets the next of a lane arrive, or of any; false if there was none. */
  deliver(lane?: Lane): boolean
  /** Forgets what is on the way in a lane. */
  clear(lane: Lane): void
}

/** @param random Uniform in [0, 1): whose turn it is. */
export const createLanes = (random: () => number): Lanes => {
  const lanes = new Map<string, Lane & { parcels: Parcel[] }>()
  const keyOf = ({ from, to }: Lane) => `${from}>${to}`

  const waiting = () => {
    for (const [key, lane] of lanes) {
      if (lane.parcels[0]?.isLost()) lane.parcels = lane.parcels.filter(parcel => !parcel.isLost())
      if (lane.parcels.length === 0) lanes.delete(key)
    }
    return [...lanes.values()]
  }
  const next = (lane: Lane | undefined) => {
    const all = waiting()
    return lane ? lanes.get(keyOf(lane)) : all[Math.floor(random() * all.length)]
  }

  return {
    get waiting() {
      return waiting().map(({ from, to }) => ({ from, to }))
    },
    get size() {
      return waiting().reduce((sum, { parcels }) => sum + parcels.filter(parcel => !parcel.isLost()).length, 0)
    },
    send: ({ from, to }, parcel) => {
      const key = keyOf({ from, to })
      const lane = lanes.get(key) ?? { from, to, parcels: [] }
      lane.parcels.push(parcel)
      lanes.set(key, lane)
    },
    deliver: lane => {
      const parcel = next(lane)?.parcels.shift()
      parcel?.arrive()
      return parcel !== undefined
    },
    clear: lane => void lanes.delete(keyOf(lane)),
  }
}
