import type { Records } from '../../../src/model/records.js'

/** Records of a new store, with what a test wants in them. */
export function records(overrides: Partial<Records> = {}): Records {
  return {
    format: { major: 1, minor: 0 },
    cluster: 'c1',
    key: 'aa',
    term: { number: 4, owner: 'desk-aaaa' },
    jobs: {},
    removed: {},
    placements: {},
    hosts: {},
    backOffs: {},
    inventory: null,
    ...overrides,
  }
}
