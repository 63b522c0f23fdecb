// What is to be done next, as commands: one sentence for each kind of trouble.
import { byName, jobOfSlot } from '../model/names.js'
import type { StatusView } from '../model/views.js'

/** So many names stand in one sentence. */
const NAMED = 4

/** The hints of a snapshot. */
export function hintsFor(view: Omit<StatusView, 'hints'>): readonly string[] {
  return [
    ...forFailed(view),
    ...forIntent(view),
    ...forUnclaimed(view),
    ...(view.jobs.length > 0 && !view.loop.ticking
      ? ['no loop is ticking: a later loss is not handled; hc reconcile --install sets one up']
      : []),
  ]
}

function forFailed({ allocations }: Pick<StatusView, 'allocations'>): readonly string[] {
  const failed = allocations.find(({ state }) => state === 'failed')
  return failed ? [`hc logs ${failed.slot} shows why it failed; hc job restart ${failed.slot} tries again`] : []
}

/** A host that takes nothing new is easily forgotten. */
function forIntent({ hosts }: Pick<StatusView, 'hosts'>): readonly string[] {
  const names = hosts.filter(({ cordoned, draining }) => cordoned || draining).map(({ name }) => name)
  if (names.length === 0) return []
  const named = names.slice(0, NAMED).join(' ')
  const more = names.length > NAMED ? ` (and ${names.length - NAMED} more)` : ''
  return [`hc host uncordon ${named}${more} lets ${names.length === 1 ? 'it' : 'them'} take allocations again`]
}

function forUnclaimed({ unclaimed }: Pick<StatusView, 'unclaimed'>): readonly string[] {
  if (unclaimed.length === 0) return []
  const names = [...new Set(unclaimed.map(({ slot }) => jobOfSlot(slot)))].sort(byName)
  return [`hc apply of ${names.join(', ')} takes over what is unclaimed, without a restart`]
}
