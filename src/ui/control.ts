// `hc control`: what would be done, what was done, and what is to be known of it.
import type {
  ControlChangeView,
  ControlCheckView,
  ControlListView,
  ControlMachineView,
  ControlStep,
} from '../model/control-group.js'
import { formatBytes } from '../model/resources.js'
import { sanitizeLine } from './sanitize.js'
import { type Column, table } from './table.js'
import { ago } from './time.js'
import { type Canvas, sentence } from './view.js'

/** What will be done, before it is. */
export function controlPlanLines({ plan }: ControlChangeView, canvas: Canvas): string[] {
  return [
    'This will be done:',
    ...plan.flatMap((text, index) => sentence(`${index + 1}. ${sanitizeLine(text)}`, canvas, '  ')),
  ]
}

/** One step, as it begins. */
export function controlStepLine({ host, text }: ControlStep): string {
  return sanitizeLine(host === null ? text : `${host}: ${text}`)
}

/** How it stands afterwards. */
export function controlDoneLines({ store, members, plan }: ControlChangeView, canvas: Canvas): string[] {
  const names = members.map(({ name, address }) => `${name} (${address})`).join(', ')
  const what = plan.length === 0 ? 'Nothing to do' : 'Done'
  const machines = members.length === 0 ? [] : sentence(`Control machines: ${names}.`, canvas)
  return [...sentence(`${what}: the store is in ${store}.`, canvas), ...machines]
}

/** One line per machine, and what may still fail. */
export function controlListLines(view: ControlListView, canvas: Canvas): string[] {
  const columns: Column<ControlMachineView>[] = [
    { title: 'MACHINE', value: ({ name }) => name },
    { title: 'ROLE', value: roleCell },
    { title: 'SINCE', value: ({ since }) => ago(since, canvas.now) },
    { title: 'LOOP', value: ({ loop, error }) => (error === null ? (loop ?? '') : 'not known') },
    { title: 'ETCD', value: memberCell },
    { title: 'VERSION', value: ({ member }) => member?.version ?? '' },
    { title: 'DATA', value: ({ member }) => (member?.sizeBytes ? formatBytes(member.sizeBytes) : '') },
    { title: 'HAS', value: hasCell },
  ]
  return [
    ...sentence(`The store is in ${view.store}.`, canvas),
    ...table(columns, view.machines, canvas.style, canvas.columns),
    ...sentence(spareLine(view), canvas),
  ]
}

function roleCell({ role }: ControlMachineView) {
  if (role === 'leads') return { text: 'leads', tone: 'good' as const }
  return role === 'stands-by' ? 'stands by' : ''
}

function memberCell({ member }: ControlMachineView) {
  if (member === null) return 'no member'
  if (!member.answers) return { text: 'silent', tone: 'bad' as const }
  return member.leads ? 'leads' : 'follows'
}

function hasCell({ current }: ControlMachineView) {
  if (current === null) return ''
  if (current.program && current.files) return 'all'
  return { text: current.program ? 'other files' : 'another program', tone: 'warn' as const }
}

function spareLine({ spare, trouble }: ControlListView): string {
  if (trouble !== null) return `The store can't be written: ${trouble}`
  if (spare === null) return ''
  if (spare <= 0) return 'No more member may fail.'
  return `${spare} more ${spare === 1 ? 'member' : 'members'} may fail.`
}

/** Findings with their mends, after the table. */
export function controlCheckLines(view: ControlCheckView, canvas: Canvas): string[] {
  const lines = view.findings.flatMap(({ level, host, text, mend }) => {
    const [first = '', ...rest] = sentence(`${level}: ${host === null ? '' : `${host}: `}${text}`, canvas)
    const word = canvas.style.paint(level === 'problem' ? 'bad' : 'warn', level)
    return [`${word}${first.slice(level.length)}`, ...rest, ...sentence(`mend: ${mend}`, canvas, '  ')]
  })
  const notes = view.notes.flatMap((text) => sentence(`to know: ${text}`, canvas))
  return [...controlListLines(view, canvas), ...(lines.length === 0 ? ['All is well.'] : lines), ...notes]
}
