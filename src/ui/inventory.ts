// `hc inventory list` for people: a table out of what `ansible-inventory --list` would print.
import { byName } from '../model/names.js'
import { table } from './table.js'
import type { Canvas } from './view.js'

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
