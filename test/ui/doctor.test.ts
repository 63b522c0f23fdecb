import { expect, test } from 'vitest'
import { doctorView, finding } from '../../src/planner/doctor.js'
import { doctorLines, exitOfDoctor } from '../../src/ui/doctor.js'
import { PLAIN } from '../../src/ui/style.js'
import { width } from '../../src/ui/width.js'
import { EXAMINED } from './samples-doctor.js'

const canvas = { style: PLAIN, columns: 80, now: 0 }
const SICK = doctorView(
  ['nuc1', 'nuc2', 'nuc3'],
  [
    finding('answers', 'nuc1', { text: 'root@10.0.0.1:22 answers in 12ms' }),
    finding('clock', 'nuc2', { text: 'its clock is 3s\x1b[31m behind', mend: 'timedatectl set-ntp true' }),
    finding('out-of-reach', 'nuc3', { text: `no answer ${'at all '.repeat(15)}`, mend: 'is it on?' }),
  ],
  ['nuc3'],
)

test('by host, with mends, in 80 columns', () => {
  const lines = doctorLines(SICK, canvas, false)
  expect(lines).toEqual([
    'nuc1  well',
    'nuc2',
    '  warning  its clock is 3s behind',
    '           mend: timedatectl set-ntp true',
    'nuc3',
    '  fault    no answer at all at all at all at all at all at all at all at all at',
    '           all at all at all at all at all at all at all',
    '           mend: is it on?',
    '',
    '3 hosts, 3 findings: 1 fault and 1 warning; not examined: nuc3',
  ])
  expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(80)
})

test('what is the same on several hosts is said once, with their names', () => {
  const same = { text: 'its clock is 3s behind', mend: 'timedatectl set-ntp true' }
  const view = doctorView(
    ['nuc1', 'nuc2', 'nuc3', 'nuc4'],
    [
      finding('answers', 'nuc1', { text: 'well' }),
      ...['nuc2', 'nuc3', 'nuc4'].map((host) => finding('clock', host, same)),
      finding('disk', 'nuc3', { text: '/ is 91 % full', mend: null }),
    ],
    [],
  )
  expect(doctorLines(view, canvas, false)).toEqual([
    'nuc2, nuc3 and nuc4',
    '  warning  its clock is 3s behind',
    '           mend: timedatectl set-ntp true',
    'nuc1  well',
    'nuc3',
    '  warning  / is 91 % full',
    '',
    '4 hosts, 5 findings: 4 warnings',
  ])
  const many = Array.from({ length: 9 }, (_, index) => `n${index}`)
  const all = doctorView(
    many,
    many.map((host) => finding('clock', host, same)),
    [],
  )
  expect(doctorLines(all, canvas, false).slice(0, 2)).toEqual(['all 9 hosts', '  warning  its clock is 3s behind'])
})

test('a command that is to be copied is not broken into lines', () => {
  const mend = "jobs get what is left; hc host run nuc1 -- 'ps aux --sort=-rss | head' shows who uses it"
  const view = doctorView(['nuc1'], [finding('memory', 'nuc1', { text: 'others use more', mend })], [])
  expect(doctorLines(view, canvas, false).slice(2, 4)).toEqual([
    '           mend: jobs get what is left;',
    "                 hc host run nuc1 -- 'ps aux --sort=-rss | head' shows who uses",
  ])
})

test('what is well is shown where it is asked for', () => {
  expect(doctorLines(EXAMINED, canvas, false)).not.toContain('  ok       root@10.0.0.1:22 answers in 12ms')
  expect(doctorLines(EXAMINED, canvas, true)).toContain('  ok       root@10.0.0.1:22 answers in 12ms')
})

test('exit codes', () => {
  expect(exitOfDoctor(EXAMINED)).toBe(0)
  expect(exitOfDoctor(SICK)).toBe(3)
  expect(exitOfDoctor({ ...SICK, outOfReach: [] })).toBe(1)
})
