// `hc control add`, ended by Ctrl-C wherever it is: it says so, leaves a store that is in force, and the same command goes on.
import { hostname } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ControlChangeView, ControlCheckView } from '../../src/model/control-group.js'
import { webJob } from './support/jobs.js'
import { HOSTS, wipe } from './support/lab.js'
import { interruptAt } from './support/process.js'
import { closeProjects, Project } from './support/project.js'
import { running, starts } from './support/seen.js'
import { eventually, tell } from './support/wait.js'

beforeAll(wipe)
afterAll(async () => {
  await closeProjects()
  await wipe()
})

/** What it says when a step begins, in the order of the steps. */
const MOMENTS = [
  'a member of etcd as',
  'until more than half of the members answer',
  // The move is not left half-way: hc_store is set too.
  'the store moves to',
  'the program of this machine',
  'the inventory, certificates, a key of its own',
  'are let in on',
  'the loop as hc-reconcile.service',
]

test('Ctrl-C at each step of control add: the same command goes on from there', { timeout: 600_000 }, async () => {
  const project = new Project()
  project.job('web', webJob(8196))
  // Told by add, and by check: no command can bring it to the others.
  project.job('other', webJob(8195, 'secrets: {WORD: {command: [echo, word]}}'))
  expect((await project.apply()).code).toBe(0)
  const before = starts(await running())

  for (const moment of MOMENTS) {
    const add = project.start(['control', 'add', ...HOSTS, '--yes'], { env: interruptAt(moment) })
    const ended = await add.ended
    tell(`interrupted at "${moment}", ended after`, ended.seconds)
    expect([moment, ended.code, ended.stderr]).toEqual([moment, 130, expect.stringContaining(moment)])
    expect(ended.stderr).toContain('the same command goes on from there')
    // Whatever the moment, a store is in force: an apply that changes nothing is carried out on it.
    const applied = await project.apply()
    expect([moment, applied.code, applied.stderr]).toEqual([moment, 0, expect.any(String)])
    expect(starts(await running())).toEqual(before)
  }

  const done = await project.json<ControlChangeView>('control', 'add', ...HOSTS, '--yes')
  expect([done.code, done.stderr]).toEqual([0, expect.any(String)])
  const well = async () => {
    const { json } = await project.json<ControlCheckView>('control', 'check')
    if (json.findings.length > 0) throw new Error(JSON.stringify(json.findings))
    return json.notes
  }
  const notes = await eventually('all is well', well, { seconds: 90, everyMs: 1000 })
  expect(notes).toContain('secret WORD of other comes from a command: see to it that each control machine has it')
  expect((await project.json<ControlChangeView>('control', 'add', '--yes')).json.plan).toEqual([])

  // An inventory that is edited here is in force nowhere yet: whoever looks is told, until it is brought to the others.
  const others = async () => (await project.status()).control?.otherInventory ?? []
  expect(await others()).toEqual([])
  project.editInventory((text) => `${text}# edited here\n`)
  expect(await others()).toEqual([hostname()])
  expect((await project.hc('apply')).stderr).toContain(`${hostname()} goes by another inventory than nuc`)
  expect((await project.hc('control', 'add', '--yes')).code).toBe(0)
  const none = async () => (await others()).length === 0
  await eventually('all go by the same inventory', none, { seconds: 30, everyMs: 500 })
  expect(starts(await running())).toEqual(before)
})
