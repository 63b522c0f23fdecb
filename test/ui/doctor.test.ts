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
    'nuc3',
    '  fault    no answer at all at all at all at all at all at all at all at all at',
    '           all at all at all at all at all at all at all',
    '           mend: is it on?',
    'nuc2',
    '  warning  its clock is 3s behind',
    '           mend: timedatectl set-ntp true',
    'nuc1  well',
    '',
    '3 hosts: 1 fault and 1 warning; 1 more is well (-v); not examined: nuc3',
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
    'nuc3',
    '  warning  / is 91 % full',
    'nuc1  well',
    '',
    '4 hosts: 2 warnings; 1 more is well (-v)',
  ])
  const many = Array.from({ length: 9 }, (_, index) => `n${index}`)
  const all = doctorView(
    many,
    many.map((host) => finding('clock', host, same)),
    [],
  )
  expect(doctorLines(all, canvas, false).slice(0, 2)).toEqual(['all 9 hosts', '  warning  its clock is 3s behind'])
})

test('what is said once is counted once, the worst first, and a command for one host becomes one for all of them', () => {
  const memory = (host: string) =>
    finding('memory', host, { text: 'others use more', mend: `hc host run ${host} -- 'ps aux | head' shows who` })
  const all = ['a', 'b', 'c']
  const found = [
    finding('loop-unit', null, { text: 'no unit', mend: 'hc reconcile --install' }),
    ...all.map(memory),
    finding('disk', 'c', { text: '/ is full to 91 %', mend: null }),
    finding('answers', 'a', { text: 'answers' }),
  ]
  expect(doctorLines(doctorView(all, found, []), canvas, false)).toEqual([
    'c',
    '  warning  / is full to 91 %',
    'control machine',
    '  note     no unit',
    '           mend: hc reconcile --install',
    'a, b and c',
    '  note     others use more',
    "           mend: hc host run a,b,c -- 'ps aux | head' shows who",
    '',
    '3 hosts: 1 warning and 2 notes; 1 more is well (-v)',
  ])
  expect(doctorLines(doctorView(all, found, []), canvas, true).at(-1)).toBe('3 hosts: 1 warning and 2 notes')
  const many = Array.from({ length: 9 }, (_, index) => `n${index}`)
  expect(doctorLines(doctorView(many, many.map(memory), []), canvas, false)).toContain(
    "           mend: hc host run HOST -- 'ps aux | head' shows who",
  )
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
