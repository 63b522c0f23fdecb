// What the lines before and behind a run write down, by the shell itself.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { recipeFor } from '../../src/drivers/index.js'
import { parseRun } from '../../src/remote/runs.js'
import { inputOf } from './support.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-runs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The words of a line of the unit, as systemd reads them, with the folder of this test. */
function wordsOf(directive: string): readonly string[] {
  const [unit] = recipeFor(inputOf({ job: { name: 'web', type: 'batch', command: ['true'] } })).units
  const line = unit?.text.split('\n').find((each) => each.startsWith(directive) && each.includes('hc-run')) ?? ''
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) =>
    word
      .replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
      .replaceAll('$$', '$')
      .replaceAll('%%', '%')
      .replaceAll('/var/lib/hc/runs', folder),
  )
}

function run(directive: string, shown: string): void {
  writeFileSync(join(folder, 'systemctl'), `#!/bin/sh\n[ "$1" != show ] || printf '${shown}'\n`)
  chmodSync(join(folder, 'systemctl'), 0o755)
  const [shell = '', ...words] = wordsOf(directive)
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    SERVICE_RESULT: 'exit-code',
    EXIT_CODE: 'exited',
    EXIT_STATUS: '3',
  }
  execFileSync(shell, words, { env })
}

test('a try that failed is written down with how often it was begun again before', () => {
  run('ExecStartPre', '')
  run('ExecStopPost', 'Job=0\\nNRestarts=2\\nExecMainExitTimestampMonotonic=7\\nActiveExitTimestampMonotonic=8\\n')
  const line = readFileSync(join(folder, 'web.0.last'), 'utf8')
  expect(parseRun(line)).toMatchObject({ result: 'exit-code', exitCode: 3, restarts: 2 })
  expect(parseRun(line)?.tag).not.toBeNull()
})

test('where systemd does not say, nothing is said', () => {
  run('ExecStartPre', '')
  run('ExecStopPost', '')
  expect(parseRun(readFileSync(join(folder, 'web.0.last'), 'utf8'))).not.toHaveProperty('restarts')
})

test('what is open of an earlier boot was cut off then, not stopped now: it is this one that was never begun', () => {
  rmSync(join(folder, 'web.0.log'))
  const boot = '00000000-0000-0000-0000-000000000009'
  const tag = readFileSync(join(folder, 'web.0.last'), 'utf8').split(' ')[5]
  writeFileSync(join(folder, 'web.0.now'), `1700000000 ${boot} ${tag}\n`)
  run('ExecStopPost', 'Job=7\\n')
  const runs = readFileSync(join(folder, 'web.0.log'), 'utf8').trim().split('\n').map(parseRun)
  expect(runs).toMatchObject([
    { startMs: 1_700_000_000_000, endMs: null, result: 'lost' },
    { startMs: null, result: 'exit-code' },
  ])
  expect(runs[0]?.tag).not.toBeNull()
  expect(existsSync(join(folder, 'web.0.now'))).toBe(false)
})
