import { expect, it } from 'vitest'
import { InventoryNews } from '../../src/controller/inventory-news.js'

it('tells each faulty version once, and once that the inventory can be used again', () => {
  const news = new InventoryNews()
  const texts = (fault: string | null) => news.since(fault).map(({ kind, text }) => `${kind}: ${text}`)
  expect(texts(null)).toEqual([])
  expect(texts('inventory.yml:3:1: not YAML')).toEqual(['inventory: inventory.yml:3:1: not YAML'])
  expect(texts('inventory.yml:3:1: not YAML')).toEqual([])
  expect(texts('inventory.yml:4:1: not YAML')).toEqual(['inventory: inventory.yml:4:1: not YAML'])
  expect(texts(null)).toEqual(['inventory: the inventory is without faults again, and in force'])
  expect(texts(null)).toEqual([])
})
