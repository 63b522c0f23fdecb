// What is wrong with the machines that hold the store together, and what mends it.
import type { ControlFinding, ControlListView, ControlMachineView } from '../model/control-group.js'
import { someOf } from '../model/names.js'
import { count } from '../model/words.js'
import { parseStoreAddress } from '../spec/store-address.js'

/** A member that is so many entries behind does not keep up. */
const BEHIND = 5000
/** etcd takes no more writes at 2 GiB; hc's own data is a few MB. */
const FULL_BYTES = 1.5 * 1024 ** 3

/** Members that may still fail: those that answer, less the smallest majority. */
export function spareOf(machines: readonly ControlMachineView[]): number {
  const members = machines.flatMap(({ member }) => (member ? [member] : []))
  return members.filter(({ answers }) => answers).length - (Math.floor(members.length / 2) + 1)
}

/** Judges what was found. `authority`: its key is on this machine. */
export function judgeControl(view: ControlListView, authority: boolean): readonly ControlFinding[] {
  return [...judgeWhole(view, authority), ...judgeNamed(view), ...view.machines.flatMap(judgeMachine)]
}

function judgeWhole({ machines, spare, trouble }: ControlListView, authority: boolean): readonly ControlFinding[] {
  const found: ControlFinding[] = []
  const members = machines.flatMap(({ member }) => (member ? [member] : []))
  if (trouble !== null)
    found.push({
      kind: 'no-quorum',
      level: 'problem',
      host: null,
      text: `the store cannot be written: ${trouble}`,
      mend: 'bring members back until more than half answer; what runs on the hosts runs on meanwhile',
    })
  else if (!machines.some(({ role }) => role === 'leads'))
    found.push({
      kind: 'nobody-leads',
      level: 'problem',
      host: null,
      text: 'no loop ticks: a loss is not handled',
      mend: 'hc control add starts the loops; their journals say why they ended (journalctl -u hc-reconcile)',
    })
  if (trouble === null && spare === 0)
    found.push({
      kind: 'no-spare',
      level: 'problem',
      host: null,
      text: `${answerText(members)}: if one more fails, nothing can be written`,
      mend: members.every(({ answers }) => answers)
        ? 'hc control add OTHER: any one of three may fail'
        : 'mend what is silent, or replace it: hc control remove HOST, then hc control add OTHER',
    })
  if (members.length > 0 && members.length % 2 === 0)
    found.push({
      kind: 'even-members',
      level: 'warning',
      host: null,
      text: `with ${members.length} members no more may fail than with ${members.length - 1}`,
      mend: 'hc control add one more, or hc control remove one',
    })
  if (!authority)
    found.push({
      kind: 'no-authority',
      level: 'warning',
      host: null,
      text: 'the key of the authority is not on this machine (.hc/control/ca.key)',
      mend: `hc control add works on ${someOf(machines.map(({ name }) => name))}`,
    })
  return found
}

/** hc_store names who may be asked for the store: who is no member holds none of it, whatever runs there. */
function judgeNamed({ store, machines, trouble }: ControlListView): readonly ControlFinding[] {
  const read = parseStoreAddress(store)
  if (trouble !== null || !read.ok || read.address.kind !== 'etcd') return []
  const named = new Set(read.address.endpoints.map(({ host }) => host))
  return machines
    .filter(({ name, member }) => member === null && named.has(name))
    .map(({ name }) => ({
      kind: 'no-member',
      level: 'problem',
      host: name,
      text: 'hc_store names it, and it is no member of the etcd',
      mend: `hc control add ${name} takes it in; hc control remove ${name} goes on where it was killed`,
    }))
}

function answerText(members: readonly { readonly answers: boolean }[]): string {
  const answering = members.filter(({ answers }) => answers).length
  return `${answering} of ${count(members.length, 'member')} ${answering === 1 ? 'answers' : 'answer'}`
}

/** A file was changed on the other machine, and hc does not choose. */
export function editedText(path: string): string {
  return `${path} was changed there since hc brought it, and is another than here`
}

/** What makes the two one again. */
export function editedMend(name: string, path: string): string {
  return `which of the two is right? take over here what is meant of that one (ssh ${name} cat ${path}), then hc control add --overwrite`
}

function judgeMachine({ name, member, loop, error, current }: ControlMachineView): readonly ControlFinding[] {
  const found: ControlFinding[] = []
  const add = (kind: ControlFinding['kind'], level: ControlFinding['level'], text: string, mend: string) =>
    found.push({ kind, level, host: name, text, mend })
  const replace = `hc control remove ${name}, then hc control add OTHER`
  if (member && !member.answers)
    add('member-silent', 'problem', 'its member of etcd does not answer', `bring it back, or replace it: ${replace}`)
  if (member && (member.behind ?? 0) > BEHIND)
    add(
      'member-behind',
      'warning',
      `its member is ${count(member.behind ?? 0, 'entry', 'entries')} behind`,
      'is its disk slow, or its network?',
    )
  if (member && (member.sizeBytes ?? 0) > FULL_BYTES)
    add(
      'etcd-full',
      'problem',
      `its etcd holds ${Math.round((member.sizeBytes ?? 0) / 1024 ** 2)} MiB, and takes no writes from 2048 on`,
      'is something else kept on it? etcdctl compact, then etcdctl defrag',
    )
  if (error !== null) add('host-silent', 'problem', error, 'see hc status')
  else if (member && loop !== 'active')
    add('loop-down', 'problem', loop === null ? 'it has no loop' : `its loop is ${loop}`, 'hc control add')
  const stale = (current?.differing ?? []).filter((path) => !current?.edited.includes(path))
  if (current && (!current.program || stale.length > 0 || (!current.files && current.edited.length === 0))) {
    const what = [...(current.program ? [] : ['the program']), ...stale].join(', ') || 'its certificate'
    add('outdated', 'warning', `${what} there is another than here`, 'hc control add brings it up to date')
  }
  for (const path of current?.edited ?? []) add('edited', 'problem', editedText(path), editedMend(name, path))
  return found
}
