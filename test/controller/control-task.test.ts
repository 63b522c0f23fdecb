// What hc control add is to do: how many may hold the store together.
import { expect, test } from 'vitest'
import { storeOn } from '../../src/controller/control/ground.js'
import { survey } from '../../src/controller/control/task.js'
import type { Wiring } from '../../src/controller/desks/desk.js'

const NO_HOSTS = { hosts: [], settings: {} }

function stage(members: readonly string[]): Wiring {
  const present = members.map((name) => ({ id: name, name, answers: true }))
  return {
    reader: { read: async () => ({ inventory: NO_HOSTS }), file: '/srv/c/inventory.yml', texts: {} },
    copies: { here: storeOn(members) },
    control: {
      members: async () => ({ list: async () => present }),
      loop: async () => 'active',
      pack: async () => ({ machine: 'x86_64' }),
    },
    world: { store: { read: async () => null }, owner: 'me' },
  } as unknown as Wiring
}

test('two that are left after a removal are brought up to date', async () => {
  const task = await survey(stage(['nuc1', 'nuc2']), [])
  expect(task.names).toEqual(['nuc1', 'nuc2'])
  expect(await survey(stage(['nuc1', 'nuc2']), ['nuc2', 'nuc1']).catch(String)).toContain('no host nuc1')
})

test('one that is taken in makes three of two, or is refused', async () => {
  await expect(survey(stage(['nuc1']), ['nuc2'])).rejects.toThrow('two machines can hold no store together')
  await expect(survey(stage(['nuc1', 'nuc2']), ['nuc2', 'nuc2'])).rejects.toThrow('named twice')
})
