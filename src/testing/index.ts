export {
  createNetwork,
  type AnyRoom,
  type TestJoinOptions,
  type TestNetwork,
  type TestNetworkOptions,
} from './network.js'
export type { Faults } from './faults.js'
export type { TraceEvent } from './trace.js'
