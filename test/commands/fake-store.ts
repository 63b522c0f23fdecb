// The store's own commands, from samples.
import type { Hc } from '../../src/hc.js'

const COUNTS = {
  cluster: '0123456789',
  term: { number: 4, owner: 'desk-aaaa' },
  jobs: 2,
  hosts: 3,
  events: 40,
  files: 1,
}
const FACTS = { madeAt: '2026-11-26T09:00:00.000Z', sha256: 'ab'.repeat(32), bytes: 5000 }

const CONTROL = { store: 'etcd://nuc1', machines: [], spare: 1, trouble: null }

export const FAKE_STORE = {
  backupStore: async (file) => ({ file, ...FACTS, ...COUNTS, missing: [] }),
  restoreStore: async (file) => ({ file, ...FACTS, ...COUNTS, replaced: '/etc/hc/.hc/replaced.json' }),
  addControl: async (names, { confirm }) => {
    const members = names.map((name) => ({ name, address: '10.0.0.1' }))
    const view = { store: 'etcd://nuc1', members, plan: ['etcd is brought up'], done: [], notes: [], declined: false }
    return { ...view, declined: !(await confirm(view)) }
  },
  removeControl: async (_name, { confirm }) => {
    const view = { store: 'etcd://nuc1', members: [], plan: ['it leaves'], done: [], notes: [], declined: false }
    return { ...view, declined: !(await confirm(view)) }
  },
  promoteControl: async (_name, { confirm }) => {
    const view = { store: 'etcd://nuc1', members: [], plan: ['it leads'], done: [], notes: [], declined: false }
    return { ...view, declined: !(await confirm(view)) }
  },
  listControl: async () => CONTROL,
  checkControl: async () => ({ ...CONTROL, findings: [], notes: [] }),
  migrateStore: async (to) => ({ from: '.hc', to, ...COUNTS, eventsLeft: 0, unused: [] }),
} satisfies Partial<Hc>
