// The program on a host: out of its pieces, tried, and run by the loop's unit; as a folder with Node, and as one executable.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { installScript, parseStandbyDone, unpackScript } from '../../src/remote/standby.js'
import { type FakeHost, fakeHost, guard, SHELLS } from './support.js'

const INVENTORY = '/var/lib/hc/control/inventory.yml'
const digest = 'a'.repeat(64)
let host: FakeHost
beforeEach(() => {
  host = fakeHost()
})
afterEach(() => host.remove())

/** Says what it was called with, and ends with that code. */
const program = (code: number) =>
  `#!/bin/sh\necho "hc $*" >>"$FAKE/program"\necho 'cannot run binary file' >&2\nexit ${code}\n`

/** What arrives in pieces. */
function arrive(text: string): string {
  const bytes = gzipSync(text)
  const name = createHash('sha256').update(bytes).digest('hex')
  const folder = join(host.folder, 'var/hc/program/incoming')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), bytes)
  return name
}

const said = () => readFileSync(join(host.folder, 'program'), 'utf8').trim().split('\n')

describe.each(SHELLS.map((shell) => [shell]))('in %s', (shell) => {
  /** The command for a person is written beside the host's folders, not on this machine. */
  const run = (script: string) => host.run(shell, script.replaceAll('/usr/local/bin', join(host.folder, 'commands')))
  const unpack = (code = 0) =>
    run(unpackScript(guard(), digest, 'single', [{ kind: 'hc', digests: [arrive(program(code))] }]))

  test('the single executable is tried, takes its place, and installs the loop by itself', () => {
    expect(parseStandbyDone(unpack())).toBeNull()
    const there = join(host.folder, 'var/hc/program')
    expect(existsSync(join(there, 'incoming'))).toBe(false)
    expect(host.read('/var/lib/hc/program/digest')).toBe(`${digest}\n`)
    const older = join(there, 'b'.repeat(64))
    mkdirSync(older)
    expect(parseStandbyDone(run(installScript(guard(), { digest, form: 'single' }, INVENTORY, true)))).toBeNull()
    expect(said()).toEqual([
      'hc --version',
      `hc reconcile --install --inventory ${join(host.folder, 'var/hc/control/inventory.yml')}`,
    ])
    expect(existsSync(older)).toBe(false)
    const command = readFileSync(join(host.folder, 'commands/hc'), 'utf8')
    expect(command).toContain(`exec ${there}/${digest}/hc "$@"`)
  })

  test('one that does not run there is not kept, and it is said what it said', () => {
    expect(parseStandbyDone(unpack(126))).toBe('the program does not run here: cannot run binary file')
    expect(host.read('/var/lib/hc/program/digest')).toBeNull()
    expect(existsSync(join(host.folder, 'var/hc/program/.new'))).toBe(false)
  })
})

test('a built program is run by the Node that came with it', () => {
  const [shell] = SHELLS
  if (!shell) throw new Error('there is no shell')
  const node = arrive(program(0))
  host.run(shell, unpackScript(guard(), digest, 'folder', [{ kind: 'node', digests: [node] }]))
  expect(said()[0]).toMatch(/^hc .*\/bin\/run\.js --version$/)
})
