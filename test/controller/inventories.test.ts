// Control machines that go by different inventories: who tells of it, when, and how often.
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import {
  inventoryDigest,
  inventoryWarnings,
  OtherInventory,
  shownControl,
  tellInventory,
} from '../../src/controller/inventories.js'
import type { World } from '../../src/controller/world.js'
import { type ControlMachine, type ControlView, otherInventoryText } from '../../src/model/control.js'
import type { NewEvent } from '../../src/model/event.js'

const machine = (name: string, inventory?: string): ControlMachine => {
  return { name, pid: 1, since: '', ...(inventory !== undefined && { inventory }) }
}
const texts = (text: string, folder = '/srv/home') => ({
  [`${folder}/inventory.yml`]: text,
  [`${folder}/group_vars/all.yml`]: 'a: 1',
  [`${folder}/group_vars/web/`]: '',
})

/** A control machine in a world where time passes by hand. */
class Stage {
  now = 0
  own: Record<string, string> = texts('old')
  view: ControlView = { leader: machine('nuc1'), standbys: [], trouble: null }
  readonly events: NewEvent[] = []
  readonly notes: string[] = []
  readonly told: string[] = []
  readonly world = {
    clock: { now: () => this.now },
    debug: () => undefined,
    inventoryTexts: () => this.own,
    store: {
      read: async () => ({ term: { number: 7 } }),
      appendEvents: async (events: readonly NewEvent[]) => void this.events.push(...events),
      control: { show: async () => this.view, tell: async (digest: string) => void this.told.push(digest) },
    },
  } as unknown as World
  readonly #other = new OtherInventory(this.world)

  async pass(ms: number, leads: string): Promise<void> {
    const view = { ...this.view, leader: machine('nuc1', inventoryDigest(texts(leads, '/other')) ?? '') }
    for (const end = this.now + ms; this.now < end; this.now += 300) {
      this.#other.advance(view, (text) => this.notes.push(text))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

test('the digest is of the texts, wherever they lie, and of no empty folder', () => {
  const digest = inventoryDigest(texts('a'))
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  const { '/var/lib/hc/control/group_vars/web/': _, ...there } = texts('a', '/var/lib/hc/control')
  expect(inventoryDigest(there)).toBe(digest)
  expect(inventoryDigest(texts('b'))).not.toBe(digest)
  expect(inventoryDigest({ ...texts('a'), '/srv/home/host_vars/x.yml': '' })).not.toBe(digest)
  expect(inventoryDigest({})).toBeNull()
})

test('what differs for a minute is recorded once, and once when it is over; another change is told anew', async () => {
  const stage = new Stage()
  await stage.pass(50_000, 'new')
  await stage.pass(5000, 'old')
  await stage.pass(50_000, 'new')
  expect(stage.events).toEqual([])
  await stage.pass(3_600_000, 'new')
  expect(stage.events.map(({ kind }) => kind)).toEqual(['inventory'])
  expect(stage.notes).toEqual([
    `${hostname()} goes by another inventory than nuc1, which leads: hc control check names the files, hc control add on the machine whose inventory is right brings it to all`,
  ])
  await stage.pass(120_000, 'newer')
  expect(stage.events).toHaveLength(2)
  stage.own = texts('newer')
  await stage.pass(120_000, 'newer')
  expect(stage.notes.at(-1)).toBe(`${hostname()} goes by the inventory of nuc1 again`)
  expect(stage.events).toHaveLength(3)
})

test('commands name who goes by another one, this machine too; who does not tell is not named', async () => {
  const stage = new Stage()
  const own = inventoryDigest(stage.own) ?? ''
  stage.view = { ...stage.view, leader: machine('nuc1', own), standbys: [machine('nuc2', own), machine('nuc3')] }
  expect(await shownControl(stage.world)).toBe(stage.view)
  expect(await inventoryWarnings(stage.world)).toEqual([])
  stage.view = { ...stage.view, standbys: [machine('nuc3', 'x'), machine('nuc2', 'x')] }
  expect((await shownControl(stage.world))?.otherInventory).toEqual(['nuc2', 'nuc3'])
  expect(await inventoryWarnings(stage.world)).toEqual([
    expect.stringContaining('nuc2, nuc3 go by another inventory than nuc1, which leads: hc control check'),
  ])
  stage.view = { ...stage.view, leader: machine('nuc1', 'x') }
  expect((await shownControl(stage.world))?.otherInventory).toEqual([hostname()])
  stage.view = { ...stage.view, leader: machine('nuc1') }
  expect((await shownControl(stage.world))?.otherInventory).toBeUndefined()
  expect(otherInventoryText({ ...stage.view, leader: null, otherInventory: ['a'] })).toBeNull()
})

test('the store is told what this machine goes by, and a store that does not answer is no trouble', async () => {
  const stage = new Stage()
  await tellInventory(stage.world)
  expect(stage.told).toEqual([inventoryDigest(stage.own)])
  stage.own = {}
  await tellInventory(stage.world)
  expect(stage.told).toHaveLength(1)
  const refuses = { show: async () => stage.view, tell: () => Promise.reject(new Error('no quorum')) }
  const store = { ...stage.world.store, control: refuses }
  await tellInventory({ store, inventoryTexts: () => texts('a') })
})
