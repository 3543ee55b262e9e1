import { RateLimiterMemory } from 'rate-limiter-flexible'
import { createBudget, type Budget } from './budget.js'
import { addressKey } from './client-address.js'
import type { RefusalName } from './rejections.js'
import type { Settings } from './settings.js'

/** What each address has, and may have. */
export type Addresses = {
  /** Counts a handshake; resolves with whether there were too many in this minute. */
  isHasty(address: string): Promise<boolean>
  /** Takes one of the places that there are, for a socket to be. */
  takeSeat(address: string): Seat | RefusalName
}

/** A place for one socket. */
export type Seat = {
  /** What all sockets of the address may send together. */
  readonly budget: Budget
  /** Idempotent. */
  leave(): void
}

type Guest = { seats: number; readonly budget: Budget }

/** How many addresses are looked at for each that comes, to forget those that have gone. */
const sweptAtOnce = 2

export const createAddresses = (settings: Settings): Addresses => {
  const { clock, maxSockets, maxSocketsPerAddress, maxHandshakesPerMinute } = settings
  const guests = new Map<string, Guest>()
  let seats = 0
  // Once a handshake, which costs a hundred times as much; so the library serves, which can count in Redis too.
  const handshakes = new RateLimiterMemory({ points: maxHandshakesPerMinute, duration: 60 })

  const arrive = (key: string): Guest => {
    const budget = createBudget(settings.maxPointsPerAddress, settings.pointsPerSecondPerAddress, clock)
    const guest = guests.get(key) ?? { seats: 0, budget }
    guests.set(key, guest)
    return guest
  }

  /**
   * A guest is forgotten only when its budget is full again, or to close and connect again would be to fill it. Who was
   * looked at goes to the end of the line, so that all get their turn while anybody comes.
   */
  const sweep = (): void => {
    for (let count = 0; count < sweptAtOnce; count += 1) {
      const [first] = guests
      if (first === undefined) return
      const [key, guest] = first
      guests.delete(key)
      if (guest.seats > 0 || !guest.budget.isFull()) guests.set(key, guest)
    }
  }

  return {
    isHasty: address =>
      handshakes.consume(addressKey(address)).then(
        () => false,
        () => true,
      ),
    takeSeat: address => {
      if (seats >= maxSockets) return 'server-full'
      sweep()
      const guest = arrive(addressKey(address))
      if (guest.seats >= maxSocketsPerAddress) return 'address-full'
      guest.seats += 1
      seats += 1
      let isTaken = true
      return {
        budget: guest.budget,
        leave: () => {
          if (!isTaken) return
          isTaken = false
          guest.seats -= 1
          seats -= 1
        },
      }
    },
  }
}
