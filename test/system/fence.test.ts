import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createFencer } from '../../src/system/fence.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-fence-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function program(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
  return path
}

const fencer = createFencer(folder)

test('an agent gets its options on stdin, and tells by its code', async () => {
  const agent = program(
    'fence_x',
    `cat >${folder}/got; if grep -q action=status ${folder}/got; then exit 2; fi; [ $# = 0 ]`,
  )
  const rule = { kind: 'agent', program: agent, options: { ip: '10.0.0.5', password: 'se cret' } } as const
  await fencer.act(rule, 'off')
  expect(readFileSync(join(folder, 'got'), 'utf8')).toBe('action=off\nip=10.0.0.5\npassword=se cret\n')
  expect(await fencer.isOff(rule)).toBe(true)
  const lost = { ...rule, program: program('fence_lost', 'echo no route >&2; exit 1') }
  await expect(fencer.isOff(lost)).rejects.toThrow(/fence_lost' status ended with 1: no route/)
})

test('a command gets the verb as its last word, and says on or off', async () => {
  const state = join(folder, 'state')
  writeFileSync(state, 'on\n')
  const power = program(
    'power',
    `case $2 in (status) cat ${state} ;; (off | on) echo $2 >${state} ;; esac; [ $1 = nuc2 ]`,
  )
  const rule = { kind: 'command', argv: [power, 'nuc2'] } as const
  expect(await fencer.isOff(rule)).toBe(false)
  await fencer.act(rule, 'off')
  expect(await fencer.isOff(rule)).toBe(true)
  await fencer.act(rule, 'on')
  expect(await fencer.isOff(rule)).toBe(false)
  writeFileSync(state, 'perhaps\n')
  await expect(fencer.isOff(rule)).rejects.toThrow('it has to print on or off, not "perhaps"')
  await expect(fencer.act({ kind: 'command', argv: ['./no-such'] }, 'off')).rejects.toThrow('could not be run')
})
