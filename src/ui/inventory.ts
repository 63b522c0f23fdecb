// `hc inventory` for people: tables out of what `ansible-inventory` would print.
import { byName } from '../model/names.js'
import type { InventoryCheckView } from '../model/views.js'
import { table } from './table.js'
import { type Canvas, section, sentence } from './view.js'
import { count } from './words.js'

interface Row {
  readonly host: string
  readonly address: string
  readonly groups: string
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
}

function field(value: unknown, name: string): unknown {
  return entries(value).find(([key]) => key === name)?.[1]
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** One line per host: its address and the groups that name it. */
export function inventoryLines(inventory: unknown, canvas: Canvas): string[] {
  const variables = entries(field(field(inventory, '_meta'), 'hostvars'))
  const groups = entries(inventory)
    .filter(([name]) => name !== '_meta' && name !== 'all')
    .map(([name, group]) => ({ name, hosts: strings(field(group, 'hosts')) }))
  const names = new Set([...variables.map(([name]) => name), ...groups.flatMap((group) => group.hosts)])
  const rows = [...names].sort(byName).map((host): Row => {
    const address = field(variables.find(([name]) => name === host)?.[1], 'ansible_host')
    const member = groups.filter((group) => group.hosts.includes(host)).map((group) => group.name)
    return {
      host,
      address: typeof address === 'string' ? address : host,
      groups: member.sort(byName).join(', '),
    }
  })
  if (rows.length === 0) return ['No hosts.']
  return table<Row>(
    [
      { title: 'HOST', value: (row) => row.host },
      { title: 'ADDRESS', value: (row) => row.address },
      { title: 'GROUPS', value: (row) => row.groups, shrink: true },
    ],
    rows,
    canvas.style,
    canvas.columns,
  )
}

/** One line per variable of a host: text as it is, anything else as JSON. */
export function hostVariableLines(variables: unknown, canvas: Canvas): string[] {
  const rows = entries(variables)
  if (rows.length === 0) return ['No variables.']
  return table<[string, unknown]>(
    [
      { title: 'VARIABLE', value: ([name]) => name },
      {
        title: 'VALUE',
        value: ([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)),
        shrink: true,
      },
    ],
    rows,
    canvas.style,
    canvas.columns,
  )
}

/** What `hc inventory check` found where nothing is wrong. Faults are errors and come by faults.ts. */
export function inventoryCheckLines(view: InventoryCheckView, canvas: Canvas): string[] {
  const { style } = canvas
  const read = `${count(view.hosts.length, 'host')}, ${count(view.groups.length, 'group')}, no faults`
  return [
    `${style.paint('good', 'Valid:')} ${read} (${count(view.files.length, 'file')}).`,
    ...section(
      'Remarks',
      view.notes.flatMap((note) => sentence(note, canvas, '  ')),
      style,
    ),
  ]
}
