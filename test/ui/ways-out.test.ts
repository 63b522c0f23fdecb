import { expect, test } from 'vitest'
import type { EditReview } from '../../src/model/inventory-edit.js'
import { waysOut } from '../../src/ui/inventory-edit.js'

type Placed = EditReview['placed'][number]

const on = (slot: string, kept?: Placed['kept']): Placed => ({ slot, host: 'nuc4', ...(kept && { kept }) })

test('of what stays on a host by the records it is said how it is freed', () => {
  expect(waysOut('nuc4', [on('web.0')])).toBe('hc host drain nuc4 moves what runs')
  expect(waysOut('nuc4', [on('lock.0', 'removed')])).toMatch(/^a job that was removed .*hc host forget nuc4 drops it$/)
  const both = waysOut('nuc4', [on('web.0', 'stopped'), on('node.0', 'system')])
  expect(both).toBe(
    "a stopped job keeps its place until hc job remove; a system job has a slot on every host that takes jobs: hc inventory set all hc_hosts='all:!nuc4', hc reconcile, then hc host forget nuc4",
  )
})
