// What a tried host's facts mean: can it take jobs, is it a machine that is known by another name, what to know besides.
import type { HostFacts } from '../model/host.js'
import type { Failure } from '../model/observation.js'
import { formatBytes } from '../model/resources.js'
import type { HostTrialView } from '../model/trial.js'
import { failure } from '../remote/text.js'

/** Free space of /var/lib below which a host is worth a word, bytes. */
const LITTLE_DISK = 512 * 1024 * 1024

/** Why a host that answers can't take jobs; null: it can. */
export function unfit(facts: HostFacts): Failure | null {
  const running = !['offline', 'unknown', ''].includes(facts.system)
  if (facts.drivers.systemd !== undefined && running) return null
  const what = facts.drivers.systemd === undefined ? 'it has no systemd' : 'systemd does not run it'
  return failure('broken', `${what}, and hc runs everything as systemd units`, 'take a host that systemd has booted')
}

/** How a host that is the machine that hc runs on is reached; null: it is another one. */
export type Own = 'local' | 'ssh' | null

/** Sentences about a host that can take jobs. `owner`: who this hc is, in terms; null: it has not acted yet. */
export function notesOf(facts: HostFacts, own: Own, owner: string | null): string[] {
  const notes: string[] = []
  const loss = 'while it is off, nobody replaces what a lost host ran'
  if (own === 'local') notes.push(`this is the machine that hc runs on, so it needs no login; ${loss}`)
  if (own === 'ssh') {
    notes.push(`this is the machine that hc runs on: ansible_connection: local would spare the login; ${loss}`)
  }
  if (facts.units.length > 0) {
    const units = facts.units.length === 1 ? 'a unit of hc is' : `${facts.units.length} units of hc are`
    notes.push(`${units} there already: what the store does not know is shown as unclaimed and never stopped`)
  }
  if (facts.term !== null && facts.term.owner !== owner) {
    notes.push(`another hc (${facts.term.owner}) acts there, or did: hc reconcile --take-over makes this one act`)
  }
  if (facts.diskFree < LITTLE_DISK) notes.push(`only ${formatBytes(facts.diskFree)} are free on its /var/lib`)
  return notes
}

/** Finds tried hosts that are the same machine as another one, or a clone of it. */
export function sameMachine(
  views: readonly HostTrialView[],
  peers: readonly HostTrialView[] = [],
): readonly HostTrialView[] {
  return views.map((view, index) => {
    const mine = view.brings
    if (mine === null || !view.ok) return view
    const before = [...peers, ...views.slice(0, index)]
    const twin = before.find(({ brings }) => brings?.bootId === mine.bootId)
    if (twin) {
      return {
        ...view,
        ok: false,
        reason: `it is the same machine as ${twin.name}`,
        hint: 'give each machine one name only: under two it would be given everything twice',
      }
    }
    const clone = before.find(({ brings }) => mine.machineId !== null && brings?.machineId === mine.machineId)
    if (!clone) return view
    const note = `it has the machine id of ${clone.name}, so one is a copy of the other's disk: on one of them, rm /etc/machine-id; systemd-machine-id-setup; reboot`
    return { ...view, notes: [...view.notes, note] }
  })
}
