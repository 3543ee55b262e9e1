import { expect } from 'vitest'
import type { Room } from '../../src/room.js'
import { createNetwork, type TestNetwork } from '../../src/testing/index.js'
import { createRandom } from '../../src/testing/random.js'
import { settlePromises } from '../../src/testing/settle-promises.js'

export type CrowdOptions = {
  readonly seed: number
  /** Whether rooms crash amid what they say, once all is quiet, or not at all. */
  readonly crashes: 'any time' | 'when quiet' | 'never'
  /** Whether messages meet with faults. */
  readonly faults: 'none' | 'any'
}

/** Rooms that come, go, write and are parted as a seed has it. */
export class Crowd {
  readonly network: TestNetwork
  readonly errors: string[] = []
  rooms: Room[] = []
  /** The groups of the partition, the first one with whoever is in none. */
  private groups: Room[][] = []
  private readonly offline = new Set<Room>()
  private readonly random: () => number

  constructor(private readonly options: CrowdOptions) {
    this.network = createNetwork({ seed: options.seed })
    this.random = createRandom(options.seed + 1_000_000)
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  private pick(): Room | undefined {
    return this.rooms[this.below(this.rooms.length)]
  }

  private async join() {
    if (this.rooms.length > 5) return
    const room = await this.network.join({ room: 'crowd' })
    room.on('error', ({ code, details }) => this.errors.push(`${code} ${JSON.stringify(details)}`))
    this.rooms.push(room)
  }

  private async part() {
    const count = 2 + this.below(2)
    const groups: Room[][] = Array.from({ length: count }, () => [])
    for (const room of this.rooms) groups[this.below(count)]?.push(room)
    this.groups = groups
    await this.network.partition(...groups)
  }

  private disturb() {
    const chance = () => this.below(3) * 0.2
    const delayMs = this.below(2) * this.below(3000)
    return this.network.faults({ drop: chance(), duplicate: chance(), reorder: chance(), delayMs: [0, delayMs] })
  }

  async heal() {
    this.groups = []
    await this.network.heal()
  }

  private gone(room: Room) {
    this.rooms = this.rooms.filter(other => other !== room)
    this.offline.delete(room)
  }

  async step() {
    const room = this.pick()
    const kind = this.below(16)
    if (kind === 0 || !room) return this.join()
    if (kind === 1) return this.part()
    if (kind === 2) return this.heal()
    if (kind === 3 && this.options.faults === 'any') return this.disturb()
    if (kind === 3 && this.options.crashes !== 'never' && this.below(3) === 0) {
      if (this.options.crashes === 'when quiet') await this.network.settle()
      this.gone(room)
      return this.network.crash(room)
    }
    if (kind === 4 && this.below(2) === 0) {
      this.gone(room)
      return room.leave()
    }
    if (kind === 5) {
      this.offline.add(room)
      return room.disconnect()
    }
    if (kind === 6) return this.connect(room)
    if (kind < 10) for (let count = this.below(12); count > 0; count--) await this.network.deliver()
    else if (kind === 10) room.store.delete(`key ${this.below(4)}`)
    else if (kind === 11)
      room.store.update('list', list => [...((list as number[] | null) ?? []), this.below(100)].slice(-8))
    else room.store.set(`key ${this.below(4)}`, this.below(1000))
  }

  private connect(room: Room) {
    this.offline.delete(room)
    room.connect()
  }

  connectAll() {
    for (const room of this.rooms) this.connect(room)
  }

  /** Those whom signaling reaches. */
  inFirstGroup(): Room[] {
    const others = this.groups.slice(1).flat()
    return this.rooms.filter(room => !others.includes(room) && !this.offline.has(room))
  }
}

const neighboursOf = (room: Room) => room.status.links.map(({ peerId }) => peerId).sort()

const isDelivered = async (room: Room) => {
  let isDone = false
  void room.store.whenDelivered({ to: 'all' }).then(
    () => (isDone = true),
    () => {},
  )
  await settlePromises()
  return isDone
}

/** Of the rooms in reach of each other each is linked with each, and all hold the same. */
export const expectQuiet = async (rooms: readonly Room[]) => {
  for (const room of rooms) {
    const others = rooms.flatMap(({ self }) => (self.id === room.self.id ? [] : [self.id]))
    const links = neighboursOf(room)
    const peers = room.peers.map(({ id }) => id)
    expect(links).toEqual(expect.arrayContaining(others))
    expect(peers).toEqual(expect.arrayContaining(others))
    expect(room.status.signaling).toBe('connected')
    expect(room.store.getAll()).toEqual(rooms[0]?.store.getAll())
    expect(room.store.usage).toEqual(rooms[0]?.store.usage)
    expect(room.sessionId).toBe(rooms[0]?.sessionId)
    // Who crashed, and is not noticed before time passes, is waited for.
    if (links.every(id => others.includes(id))) expect(room.status.sync).toBe(others.length === 0 ? 'alone' : 'synced')
    if (peers.every(id => others.includes(id))) expect(await isDelivered(room), 'is delivered').toBe(true)
  }
}

/** Rooms that are linked hold the same, whether signaling reaches them or not. */
export const expectLinkedAlike = (rooms: readonly Room[]) => {
  for (const room of rooms)
    for (const other of rooms) {
      if (!neighboursOf(room).includes(other.self.id)) continue
      expect(other.store.getAll()).toEqual(room.store.getAll())
      expect(other.sessionId).toBe(room.sessionId)
    }
}

const runs = Number(process.env['HEARTH_RUNS'] ?? 0)
const firstSeed = Number(process.env['HEARTH_SEED'] ?? 1)

/** Runs seeds from HEARTH_SEED (1), HEARTH_RUNS of them if given; who fails names the command that repeats it. */
export const forSeeds = async (file: string, count: number, run: (seed: number) => Promise<void>) => {
  for (let seed = firstSeed; seed < firstSeed + (runs || count); seed++)
    try {
      await run(seed)
    } catch (cause) {
      const again = `HEARTH_SEED=${seed} HEARTH_RUNS=1 npx vitest run ${file}`
      throw new Error(`Seed ${seed} fails; repeat it with: ${again}`, { cause })
    }
}
