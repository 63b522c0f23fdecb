// hc as one executable file runs on a host that has no Node, and looks after the cluster from there.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, labState, on, wipe } from './support/lab.js'
import { Screen } from './support/screen.js'
import { only } from './support/seen.js'
import { ROOT } from './support/verbs.js'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'hc-binary-'))
const screen = new Screen()
const THERE = '/srv/hc-binary'

beforeAll(wipe)
afterAll(async () => {
  await screen.close()
  rmSync(folder, { recursive: true, force: true })
  await on('nuc1', `rm -rf ${THERE}`)
  await wipe()
})

/** As whom ssh logs in. */
function key(): readonly string[] {
  return ['-i', join(labState(), 'id'), '-o', `UserKnownHostsFile=${join(labState(), 'known_hosts')}`]
}

/** Brings files of this machine to nuc1. */
async function bring(...files: readonly string[]): Promise<void> {
  await run('scp', ['-q', ...key(), ...files, `root@${addressOf('nuc1')}:${THERE}/`])
}

test('build:binary makes a file that validates, applies, ticks and completes on a host without Node', async () => {
  const program = join(folder, 'hc')
  await run(process.execPath, ['scripts/binary.mjs'], { cwd: ROOT, env: { ...process.env, HC_BINARY: program } })
  const inventory = readFileSync(join(labState(), 'inventory.yml'), 'utf8').replaceAll(labState(), THERE)
  writeFileSync(join(folder, 'inventory.yml'), inventory)
  writeFileSync(join(folder, 'idle.yml'), 'name: idle\ncommand: [sleep, infinity]\nconstraints: ["host == nuc2"]\n')
  await on('nuc1', `mkdir -p ${THERE}`)
  await bring(
    program,
    join(folder, 'inventory.yml'),
    join(folder, 'idle.yml'),
    join(labState(), 'id'),
    join(labState(), 'known_hosts'),
  )
  const hc = (words: string) => on('nuc1', `cd ${THERE} && PATH=/usr/bin:/bin ./hc ${words} </dev/null`)

  expect((await on('nuc1', 'command -v node || echo none')).trim()).toBe('none')
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(await hc('--version')).toContain(version)
  expect(await hc('validate idle.yml')).toContain('1 job')
  await hc('apply idle.yml')
  await only('idle.0')
  expect(JSON.parse(await hc('reconcile --json'))).toMatchObject({ converged: true })
  expect(await hc('__complete fish job show i')).toContain('idle\tservice')
  // The full screen needs yoga, which waits for its own part where it is loaded from files.
  await screen.open(folder)
  await screen.run(`ssh -t ${key().join(' ')} root@${addressOf('nuc1')} 'cd ${THERE} && ./hc ui'; echo "code $?"`)
  await screen.shows(/All is well: 3 hosts, 1 job[\s\S]*idle\.0 +nuc2 +running/, 60)
  await screen.press('q')
  await screen.shows('code 0')
})
