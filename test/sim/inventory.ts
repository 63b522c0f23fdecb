// The inventory of a simulated cluster, read as hc reads it.
import type { Inventory } from '../../src/model/host.js'
import { byName, type HostName } from '../../src/model/names.js'
import { parseInventory } from '../../src/spec/inventory.js'
import type { Random } from './random.js'

/** Hosts of these names, with settings drawn from the seed; those of `fenced` have a fence driver. */
export function inventoryOf(names: readonly HostName[], random: Random, fenced: readonly HostName[] = []): Inventory {
  const hold = random.pick(['5s', '10s', '30s'])
  const strategy = random.pick(['balanced', 'pack', 'spread'])
  const text = [
    'all:',
    `  vars: {hc_lost_after: 3s, hc_mass_loss_hold: ${hold}, hc_strategy: ${strategy}, hc_reserve: {memory: 64Mi}${fenced.length > 0 ? ', hc_hung_after: 30s' : ''}}`,
    '  hosts:',
    ...[...names].sort(byName).map((name, index) => {
      const fence = fenced.includes(name) ? `, hc_fence: {command: [/usr/local/bin/power, ${name}]}` : ''
      return `    ${name}: {ansible_host: 10.0.0.${index + 1}${fence}}`
    }),
    '',
  ].join('\n')
  const read = parseInventory({ file: '/srv/op/inventory.yml', text })
  if ('faults' in read) throw new Error(read.faults.map(({ message }) => message).join('; '))
  return read.inventory
}

/** How many hosts a simulated cluster has. */
export function drawSize(random: Random): number {
  return random.weighted([
    [2, 1],
    [3, 4],
    [4, 2],
    [5, 1],
  ] as const)
}
