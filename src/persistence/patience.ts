import type { Clock } from '../clock.js'
import { failure } from './failure.js'

/** How long storage may hold up joining or leaving. */
const patienceMs = 2000

/** The same as `task`, unless that takes too long: then it rejects. */
export const inTime = <T>(clock: Clock, task: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = clock.schedule(
      () => reject(failure('TimeoutError', 'The storage did not answer in time.')),
      patienceMs,
    )
    void task.then(resolve, reject).finally(cancel)
  })
