// What `hc control` says, with one and with several.
import { expect, test } from 'vitest'
import type { ControlCheckView, ControlMachineView, MemberState } from '../../src/model/control-group.js'
import { judgeControl, spareOf } from '../../src/planner/control-findings.js'
import { controlCheckLines } from '../../src/ui/control.js'
import { loopSentence } from '../../src/ui/status.js'
import { PLAIN } from '../../src/ui/style.js'
import { ALL_WELL } from './samples.js'

const canvas = { style: PLAIN, columns: null, now: 0 }
const member = (name: string, answers = true): MemberState => {
  return { id: '1', name, address: '10.0.0.1', answers, leads: false, version: null, sizeBytes: 1, behind: 0 }
}
const machine = (name: string, answers = true): ControlMachineView => {
  const role = name === 'nuc1' ? ('leads' as const) : ('stands-by' as const)
  return { name, member: member(name, answers), role, since: null, loop: 'active', current: null, error: null }
}
const check = (machines: readonly ControlMachineView[], notes: readonly string[] = []): ControlCheckView => {
  const view = { store: 'etcd://nuc1', machines, spare: spareOf(machines), trouble: null }
  return { ...view, findings: judgeControl(view, true), notes }
}

test('what no command brings to the others is told though all is well', () => {
  const machines = ['nuc1', 'nuc2', 'nuc3'].map((name) => machine(name))
  const lines = controlCheckLines(check(machines, ['secret B of web comes from a command']), canvas)
  expect(lines.slice(-2)).toEqual(['All is well.', 'to know: secret B of web comes from a command'])
})

test('one member answers, two members answer', () => {
  const text = (machines: readonly ControlMachineView[]) =>
    check(machines).findings.find(({ kind }) => kind === 'no-spare')?.text
  expect(text([machine('nuc1')])).toBe('1 of 1 member answers: if one more fails, nothing can be written')
  expect(text([machine('nuc1'), machine('nuc2'), machine('nuc3', false)])).toBe(
    '2 of 3 members answer: if one more fails, nothing can be written',
  )
})

test('who goes by another inventory than the leader stands behind who leads', () => {
  const at = (name: string) => ({ name, pid: 1, since: '' })
  const control = { leader: at('nuc1'), standbys: [at('nuc2'), at('nuc3')], trouble: null }
  expect(loopSentence({ ...ALL_WELL, control }, canvas)).toMatch(/nuc1 leads, nuc2, nuc3 stand by\.$/)
  const other = { ...control, otherInventory: ['nuc3'] }
  expect(loopSentence({ ...ALL_WELL, control: other }, canvas)).toContain(
    'stand by. nuc3 goes by another inventory than nuc1, which leads: hc control check names the files',
  )
})
