// A loop ends where the inventory names another store than the one that it ticks on.
import { describe, expect, test } from 'vitest'
import type { Tick } from '../../src/controller/controller.js'
import type { LoopOptions } from '../../src/controller/loop.js'
import { leadsElsewhere, leftStore, whileInForce } from '../../src/controller/store-change.js'
import { storeName, storeNamed } from '../../src/controller/store-choice.js'
import type { World } from '../../src/controller/world.js'
import type { Inventory } from '../../src/model/host.js'
import { settings } from '../planner/support/make.js'

const naming = (store: string | null): Inventory => {
  const named = store === null ? null : storeNamed(store)
  return { file: 'inventory.yml', notes: [], hosts: [], settings: settings(named ? { store: named } : {}) }
}
const worldOn = (name: string, fault: string | null = null) =>
  ({ storeName: name, inventoryFault: () => fault }) as unknown as World

describe('the store that a loop ticks on', () => {
  const cases: readonly (readonly [here: string, named: string | null, left: boolean])[] = [
    ['.hc', null, false],
    ['.hc', './.hc', false],
    ['etcd://nuc1,nuc2', 'etcd://nuc1:2379,nuc2', false],
    ['.hc', 'etcd://nuc1,nuc2', true],
    ['etcd://nuc1,nuc2', null, true],
    ['etcd://nuc1,nuc2', 'etcd://nuc1,nuc2/home', true],
    ['/srv/hc', './other', true],
  ]
  test.each(cases)('%s, with %s in the inventory: left %s', (here, named, left) => {
    expect(leftStore(worldOn(here), naming(named)) !== null).toBe(left)
  })
  test('is not judged by a file with faults: then an earlier version is in force', () => {
    expect(leftStore(worldOn('etcd://nuc1', 'line 3 is wrong'), naming(null))).toBeNull()
  })
  test('has one name, however hc_store is written', () => {
    const written = 'etcd://hc@nuc1,nuc2:2400,[fd00::1]/home?ca=a.pem&cert=b.pem&key=c.pem&password_file=p'
    expect(storeName(storeNamed(written))).toBe(written)
    expect(storeName(storeNamed('etcd://nuc1?tls=yes'))).toBe('etcd://nuc1?tls=yes')
    expect(storeName(storeNamed('file'))).toBe('.hc')
    expect(() => storeNamed('etcd')).toThrow('"etcd" names no store')
    expect(() => storeNamed('ftp://nuc1')).toThrow('is no store that hc knows')
  })
})

test('the loop ends in order, and says why', async () => {
  const ticks: string[] = []
  const options: LoopOptions = {
    expression: null,
    signal: new AbortController().signal,
    onTick: () => ticks.push('told'),
    onNote: () => undefined,
  }
  const run = async ({ signal, onTick }: LoopOptions) => {
    for (const store of [null, null, 'etcd://nuc1', 'etcd://nuc1']) {
      if (signal.aborted) break
      onTick({ inventory: naming(store) } as Tick)
    }
  }
  await expect(whileInForce(worldOn('.hc'), options, run)).rejects.toThrow(
    'hc_store in the inventory is etcd://nuc1 by now, and this loop ticks on .hc: it ends',
  )
  expect(ticks).toHaveLength(3)
  await whileInForce(worldOn('.hc'), options, async ({ onTick }) => onTick({ inventory: naming(null) } as Tick))
})

test('who leads elsewhere is told by the name of the machine', () => {
  const view = (name: string | null) => ({
    leader: name === null ? null : { name, pid: 1, since: '' },
    standbys: [],
    trouble: null,
  })
  expect(leadsElsewhere(view('nuc2'), 'nuc1')).toBe(true)
  expect(leadsElsewhere(view('nuc1'), 'nuc1')).toBe(false)
  expect(leadsElsewhere(view(null), 'nuc1')).toBe(false)
  expect(leadsElsewhere(undefined, 'nuc1')).toBe(false)
})
