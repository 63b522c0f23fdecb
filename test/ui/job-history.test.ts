import { expect, test } from 'vitest'
import type { JobVersionView } from '../../src/model/views.js'
import { wantsRollback } from '../../src/ui/job-history.js'

const version = (number: number, present: boolean, healthyAt: string | null): JobVersionView => ({
  version: number,
  present,
  appliedAt: '2026-11-22T09:00:00Z',
  healthyAt,
  image: null,
  revertOf: null,
  hash: 'h',
})
const AT = '2026-11-22T09:01:00Z'

test('a rollback is suggested where the version in force was never healthy and another was', () => {
  const wants = (...versions: readonly JobVersionView[]) => wantsRollback({ job: 'web', versions })
  expect(wants(version(2, true, null), version(1, false, AT))).toBe(true)
  expect(wants(version(2, true, AT), version(1, false, AT))).toBe(false)
  expect(wants(version(2, true, null), version(1, false, null))).toBe(false)
  expect(wants(version(1, true, null))).toBe(false)
})
