/**
 * How the tabs of an origin know which of them hold a room: a Web Lock each, which ends with its page however that
 * ends. Insecure origins have none; there `null` is what `holdRoom` gives, and the shelf looks at heartbeats.
 */

export type Holding = {
  /** Who else holds the room. */
  holders(): Promise<ReadonlySet<string>>
  /** Idempotent. */
  release(): Promise<void>
}

/** `scope` stands for the room, `holder` for this tab in it. */
export const holdRoom = async (locks: LockManager, scope: string, holder: string): Promise<Holding> => {
  const release = await take(locks, scope + holder)
  return {
    holders: async () => {
      const { held = [] } = await locks.query()
      const names = held.flatMap(({ name = '' }) => (name.startsWith(scope) ? [name.slice(scope.length)] : []))
      return new Set(names.filter(name => name !== holder))
    },
    release,
  }
}

/** Resolves once the lock is held. Nobody else asks for it, so that is at once. */
const take = (locks: LockManager, name: string): Promise<() => Promise<void>> =>
  new Promise((resolve, reject) => {
    const over = locks.request(
      name,
      () =>
        new Promise<void>(end => {
          resolve(async () => {
            end()
            // Only then do others see it gone.
            await over
          })
        }),
    )
    over.catch(reject)
  })
