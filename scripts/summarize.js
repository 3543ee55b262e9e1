// Reads vitest's JSON report and ends with one line: what passed and what failed. Exits with 1 if anything failed,
// if the run itself did, or if a suite that should have run has no test in the report.
import { readFileSync } from 'node:fs'

const suites = [
  'test/store',
  'test/sync',
  'test/transport',
  'test/property',
  'test/contract',
  'test/browser',
  'signaling/test',
]
const [path = '', runStatus = '1'] = process.argv.slice(2)

let report
try {
  report = JSON.parse(readFileSync(path, 'utf8'))
} catch {
  console.log('There is no test report: the run ended before its tests.')
  report = { numPassedTests: 0, numFailedTests: 0, testResults: [] }
}

const missing = suites.filter(
  suite => !report.testResults.some(file => file.name.includes(`/${suite}/`) && file.assertionResults.length > 0),
)
for (const suite of missing) console.log(`No test of ${suite} has run.`)
const unrun = report.testResults
  .flatMap(file => file.assertionResults)
  .filter(test => !['passed', 'failed'].includes(test.status))
for (const test of unrun) console.log(`Did not run: ${test.fullName}`)

// A file that could not even be loaded counts as one failure.
const broken = report.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length
const isRunBad = runStatus !== '0' && report.numFailedTests + broken === 0 ? 1 : 0
const failed = report.numFailedTests + broken + missing.length + unrun.length + isRunBad
console.log(`${report.numPassedTests} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
