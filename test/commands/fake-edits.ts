// Edits of an inventory that is not there.
import type { Hc } from '../../src/hc.js'
import type { EditReview, InventoryEdit, InventoryEditView } from '../../src/model/inventory-edit.js'
import type { HostTrialView } from '../../src/model/trial.js'

export const EDITED: InventoryEditView = {
  file: '/etc/hc/inventory.yml',
  changed: true,
  dryRun: false,
  declined: false,
  diff: '--- /etc/hc/inventory.yml\n+++ /etc/hc/inventory.yml\n@@ -1,2 +1,3 @@\n all:\n   hosts:\n+    nuc4:\n',
  changes: [{ file: '/etc/hc/inventory.yml', diff: '' }],
  moved: [],
  notes: [],
}

/** A host that can take jobs. */
export const TRIED: HostTrialView = {
  name: 'nuc4',
  target: 'root@10.0.0.4:22',
  ok: true,
  reason: null,
  failure: null,
  hint: null,
  unknownKey: null,
  recordedKey: null,
  root: 'login',
  notes: [],
  brings: {
    hostname: 'nuc4',
    os: 'debian 12',
    arch: 'x86_64',
    kernel: null,
    capacity: { cpu: 4000, memory: 8 * 2 ** 30, disk: 100 * 2 ** 30, devices: {} },
    drivers: { systemd: '252', podman: '4.3.1' },
    tools: [],
    listening: [22],
    units: 0,
    machineId: null,
    bootId: 'b',
  },
  tookMs: 100,
}

const NOTHING_LEFT: Omit<EditReview, 'view'> = {
  placed: [],
  tryHosts: async () => [TRIED],
  leftovers: async () => [],
  purge: async () => [],
}

/** What commands asked for. */
export const asked: InventoryEdit[] = []

/** Edits that end in `view`, with what is shown before. */
export function fakeEdit(
  view: InventoryEditView = EDITED,
  review: Partial<EditReview> = {},
): Pick<Hc, 'editInventory'> {
  return {
    editInventory: async (edit, choices) => {
      asked.push(edit)
      if (choices.dryRun) return { ...view, dryRun: true }
      const yes = await choices.review({ view, ...NOTHING_LEFT, ...review })
      return yes ? view : { ...view, changed: false, declined: true }
    },
  }
}

export const FAKE_EDITS: Pick<Hc, 'editInventory' | 'openInventoryFile'> = {
  ...fakeEdit(),
  openInventoryFile: async () => ({
    file: '/etc/hc/inventory.yml',
    draft: '/tmp/hc-edit/inventory.yml',
    look: async () => ({
      text: '',
      changed: false,
      diff: '',
      faults: [],
      notes: [],
      emptied: false,
      gone: [],
      placed: [],
    }),
    take: async () => undefined,
    drop: async () => undefined,
  }),
}
