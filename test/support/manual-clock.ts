export { createManualClock, type ManualClock } from '../../src/testing/manual-clock.js'
export { settlePromises } from '../../src/testing/settle-promises.js'
