// What the tests of edits share.
import { expect, test } from 'vitest'
import type { InventoryEdit } from '../../../src/model/inventory-edit.js'
import { type EditedInventory, editInventory } from '../../../src/spec/edit/edit.js'
import { lines } from '../support.js'

export const add = (names: string[], more: { groups?: string[]; set?: string[] } = {}): InventoryEdit => ({
  kind: 'add',
  names,
  groups: more.groups ?? [],
  assignments: more.set ?? [],
})
export const remove = (...hosts: string[]): InventoryEdit => ({ kind: 'remove', hosts })
export const set = (target: string, ...assignments: string[]): InventoryEdit => ({ kind: 'set', target, assignments })
export const unset = (target: string, ...keys: string[]): InventoryEdit => ({ kind: 'unset', target, keys })
export const rename = (from: string, to: string): InventoryEdit => ({ kind: 'rename', from, to })
export const groupAdd = (name: string, hosts: string[] = [], parent: string | null = null): InventoryEdit => ({
  kind: 'group-add',
  name,
  parent,
  hosts,
})
export const groupRemove = (name: string, ...hosts: string[]): InventoryEdit => ({ kind: 'group-remove', name, hosts })

/** An edit that must succeed. */
export function edited(text: string, edit: InventoryEdit, beside: Record<string, string> = {}): EditedInventory {
  const outcome = editInventory({ file: 'inventory.yml', text, beside }, edit)
  if ('faults' in outcome) throw new Error(outcome.faults.map((f) => `${lines([f])} (${f.hint})`).join('\n'))
  return outcome
}

/** The inventory's text after an edit that must succeed. */
export function textAfter(text: string, edit: InventoryEdit, beside: Record<string, string> = {}): string {
  const { changes } = edited(text, edit, beside)
  return changes.find(({ path }) => path === '')?.after ?? text
}

/** The faults of an edit that must be refused, with place and hint. */
export function refused(text: string, edit: InventoryEdit, beside: Record<string, string> = {}): string {
  const outcome = editInventory({ file: 'inventory.yml', text, beside }, edit)
  if (!('faults' in outcome))
    throw new Error(`not refused: ${outcome.changes.map((change) => change.after).join('\n')}`)
  return outcome.faults.map((fault) => `${lines([fault])[0]} [${fault.hint}]`).join('\n')
}

/** Lines, the way a file holds them. */
export const t = (...lines: string[]) => `${lines.join('\n')}\n`

/** A small home. */
export const HOME = t(
  '# my home',
  'all:',
  '  vars:',
  '    ansible_user: root   # who',
  '  children:',
  '    nucs:',
  '      hosts:',
  '        # the first',
  '        nuc1:',
  '          ansible_host: "192.168.1.11"',
  '        nuc2: {ansible_host: 192.168.1.12, hc_labels: {ssd: true}}  # quick',
  '',
  '        # has the disk',
  '        nuc3:',
  '          ansible_host: 192.168.1.13',
  '    web:',
  '      hosts:',
  '        nuc1:',
  '        nuc3:',
  '# the end',
)

/** A text, an edit, and what comes out. */
export type Case = readonly [name: string, text: string, edit: InventoryEdit, result: string]

/** One test per row: exactly these bytes come out. */
export function exactly(cases: readonly Case[]): void {
  test.each(cases)('%s: %#', (_name, text, edit, result) => {
    expect(textAfter(text, edit)).toBe(result)
  })
}
