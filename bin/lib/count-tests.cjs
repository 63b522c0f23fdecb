// count-tests.cjs REPORT CODE FAILURES: prints "PASSED FAILED SKIPPED" of a run of vitest from its JSON report, and
// appends to the file FAILURES what failed, so that bin/test can say it again at its end, far below the output of the run.
const { appendFileSync, readFileSync } = require('node:fs')
const { relative } = require('node:path')

const LINES_OF_A_FAILURE = 25

/** The report, or none where the run ended before it was written. */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { testResults: [] }
  }
}

const [, , file, code, failures] = process.argv
const failed = []
let passed = 0
let skipped = 0
for (const { name, status, message, assertionResults } of read(file).testResults) {
  const where = relative(process.cwd(), name)
  for (const test of assertionResults) {
    if (test.status === 'passed') passed++
    else if (test.status === 'failed') failed.push(`${where}: ${test.fullName}\n${test.failureMessages.join('\n')}`)
    else skipped++
  }
  // A file that could not even be loaded has no tests in it, but it is a failure.
  if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) failed.push(`${where}\n${message}`)
}
// The run failed although no test did: an error outside of the tests, a crash, no tests at all.
if (code !== '0' && failed.length === 0) failed.push(`vitest ended with ${code} though no test failed: see its output`)
appendFileSync(
  failures,
  failed.map((text) => `- ${text.trim().split('\n').slice(0, LINES_OF_A_FAILURE).join('\n    ')}\n`).join(''),
)
console.log(passed, failed.length, skipped)
