import { expect, test } from 'vitest'
import { pastFailures } from './past-failures.js'
import { tryProgram } from './trial.js'

test.each(pastFailures)('[MERGE14] once failed: $name', async ({ program }) => {
  expect((await tryProgram(program)).faults).toEqual([])
})
