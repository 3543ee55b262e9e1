import { explain, missingFrom, runBatch } from './batch.js'

export { explain, missingFrom, runBatch }
