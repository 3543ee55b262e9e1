import { createMemoryCluster } from '../src/memory-backplane.js'
import { describeBackplane } from './support/backplane-contract.js'

describeBackplane('memory', async () => {
  const cluster = createMemoryCluster()
  return {
    addNode: async () => cluster.addNode(),
    kill: node => node.close(),
    settle: async () => undefined,
    close: async () => undefined,
  }
})
