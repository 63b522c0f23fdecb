// hc_hung_moves, for the whole cluster, a group or one host.
import { expect, test } from 'vitest'
import { parseInventory } from '../../src/spec/inventory.js'

const read = (text: string) => parseInventory({ file: 'inventory.yml', text })

test('a host has the nearest word; none is the default', () => {
  const found = read(`all:
  vars: {hc_hung_moves: ordinary}
  hosts:
    a:
    b: {hc_hung_moves: none}
`)
  const { inventory } = found as Extract<typeof found, { readonly inventory: object }>
  expect(inventory.hosts.map(({ name, hungMoves }) => [name, hungMoves])).toEqual([
    ['a', 'ordinary'],
    ['b', undefined],
  ])
})

test('another word is a fault, with its place', () => {
  const found = read('all:\n  hosts:\n    a: {hc_hung_moves: all}\n')
  expect(JSON.stringify(found)).toContain('hc_hung_moves must be none or ordinary')
})
