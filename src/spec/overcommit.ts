// hc_overcommit: how many times what a host has may be promised.
import type { Overcommit } from '../model/host.js'
import { object, optional } from './fields.js'
import { parseFactor } from './quantity.js'
import { amount, refine, type Shape } from './shape.js'

const factor = amount(parseFactor, { least: 1000, most: 100_000, bounds: 'from 1 to 100', examples: [1.5, 2] })

const noDevices: Shape<null> = {
  schema: { not: {} },
  read(value, report, name) {
    report.add(
      value.place,
      `${name}: devices are not promised more than once, since two jobs would find the same one in use`,
      'what may be shared is asked for in shares (gpu: 0.5), or declared more often in hc_capacity.devices',
    )
    return undefined
  },
}

/** `{cpu: 2, memory: 1.2}`; null parts are left out. */
export const overcommit: Shape<Overcommit> = refine(
  object(
    {
      cpu: optional(factor, 'Times its cores: 2.'),
      memory: optional(
        factor,
        'Times its memory: 1.2. What is promised twice and used twice ends in the kernel killing something.',
      ),
      disk: optional(factor, 'Times its disk.'),
      devices: optional(noDevices, 'Devices are not promised more than once.'),
    },
    { others: { gpu: 'devices', mem: 'memory', ram: 'memory', cpus: 'cpu' } },
  ),
  ({ cpu, memory, disk }) => ({
    ...(cpu === null ? {} : { cpu }),
    ...(memory === null ? {} : { memory }),
    ...(disk === null ? {} : { disk }),
  }),
)
