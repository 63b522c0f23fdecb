// What a control machine lacks, and what was changed there and is not written over.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Asked } from '../../src/controller/control/ground.js'
import { seenWith } from '../../src/controller/control/ground.js'
import { fileOf, type Kit } from '../../src/controller/control/kit.js'
import { dueOn, isDue, leftOn, refuseEdited } from '../../src/controller/control/standbys.js'

const HOME = '/var/lib/hc/control'
const sum = (text: string) => createHash('sha256').update(text).digest('hex')
const inventory = (text: string) => fileOf(`${HOME}/inventory.yml`, text, '0600')

const kit = (over: Partial<Kit> = {}): Kit => ({
  program: { digest: 'p', form: 'folder', machine: 'x86_64', parts: async () => [] },
  files: [inventory('new'), fileOf('/srv/secret', 'word', '0600')],
  texts: [inventory('new')],
  sources: ['/srv/secret'],
  notes: [],
  overwrite: false,
  inventory: `${HOME}/inventory.yml`,
  ...over,
})

const machine = (files: Record<string, string>, over: object = {}): Asked => {
  const all = { host: 'nuc2\n', sent: `${sum('new')} ${HOME}/inventory.yml\n`, 'client.pem': '', 'client.key': '' }
  const own = Object.entries(all).map(([name, text]) => [`${HOME}/.hc/control/${name}`, sum(text)])
  const listed = [`${HOME}/.hc/control/sources`, sum('/srv/secret\n')]
  const there = Object.entries(files).map(([path, text]) => [path, sum(text)])
  return {
    host: { name: 'nuc2' },
    ownLoop: false,
    standby: {
      files: Object.fromEntries([...own, listed, ...there]),
      sources: ['/srv/secret'],
      sent: [`${sum('old')} ${HOME}/inventory.yml`, `${sum('v')} ${HOME}/group_vars/all.yml`],
      program: 'p',
      loop: 'active',
      ownKey: 'k',
      hostname: 'nuc2',
      ...over,
    },
  } as unknown as Asked
}
const paths = (one: Asked, all = kit()) => dueOn(one, all).files.map(({ path }) => path)

test('where all is as here nothing is due', () => {
  const one = machine({ [`${HOME}/inventory.yml`]: 'new', '/srv/secret': 'word' })
  expect(isDue(dueOn(one, kit()))).toBe(false)
})

test('an inventory as it was brought is replaced, and a variable file that is not here any more goes', () => {
  const one = machine({ [`${HOME}/inventory.yml`]: 'old', [`${HOME}/group_vars/all.yml`]: 'v', '/srv/secret': 'word' })
  expect(paths(one)).toEqual([`${HOME}/inventory.yml`])
  expect(dueOn(one, kit())).toMatchObject({ gone: [`${HOME}/group_vars/all.yml`], edited: [] })
})

test('what was changed there stays and is refused, until it is to be overwritten', () => {
  const one = machine({ [`${HOME}/inventory.yml`]: 'mine', [`${HOME}/host_vars/a.yml`]: 'm', '/srv/secret': 'word' })
  const edited = [`${HOME}/host_vars/a.yml`, `${HOME}/inventory.yml`]
  expect(dueOn(one, kit())).toMatchObject({ files: [], gone: [], edited })
  expect(() => refuseEdited([one], kit())).toThrow('host_vars/a.yml was changed there since hc brought it')
  expect(leftOn(one, kit())).toHaveLength(2)
  const over = kit({ overwrite: true })
  expect(paths(one, over)).toEqual([`${HOME}/inventory.yml`])
  expect(dueOn(one, over).gone).toEqual([`${HOME}/host_vars/a.yml`])
  expect(() => refuseEdited([one], over)).not.toThrow()
  // Set up by an hc that kept no list: nothing is known of edits.
  expect(dueOn(machine({ [`${HOME}/inventory.yml`]: 'mine' }, { sent: [] }), kit()).edited).toEqual([])
})

test("a person's file at the place of a secret stays, also the next time", () => {
  const before = machine({ [`${HOME}/inventory.yml`]: 'new', '/srv/secret': 'theirs' }, { sources: [] })
  const list = dueOn(before, kit()).files
  expect(list.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)])).toEqual([
    [`${HOME}/.hc/control/sources`, ''],
  ])
  expect(leftOn(before, kit())).toEqual(['nuc2 has another /srv/secret: it is left as it is'])
})

test('a loop with an inventory of its own is given nothing, and started where it is down', () => {
  const own = { ...machine({}, { loop: 'inactive', program: null }), ownLoop: true }
  expect(dueOn(own, kit())).toMatchObject({ files: [], program: false, certificate: false, loop: true })
  const hidden = machine({}, { loop: null, program: null })
  expect(seenWith(hidden, new Set(['nuc2']))).toMatchObject({ ownLoop: true, standby: { loop: 'active' } })
  expect(seenWith(hidden, new Set(['nuc1']))).toBe(hidden)
})
