import { expect, test } from 'vitest'
import { explainLines } from '../../src/ui/explain.js'
import { PLAIN } from '../../src/ui/style.js'
import { HOMELESS, PLACED } from './samples-explain.js'

const canvas = { style: PLAIN, columns: 80, now: Date.parse('2026-11-22T12:00:00.000Z') }

test('one slot: how it stands, why there, and every host', () => {
  expect(explainLines({ slots: [PLACED] }, canvas)).toEqual([
    'web.0 on nuc1: running for 3h',
    'Why there: chosen over nuc2: more is left free here',
    '',
    'Hosts',
    '  nuc1  here  1.5  it stands here',
    '  nuc2  fits  1.2  more is left free on nuc1',
    '  nuc3  no         the host is cordoned',
  ])
})

test('several: in short, and those without a place together', () => {
  const lines = explainLines({ slots: [PLACED, HOMELESS, { ...HOMELESS, slot: 'web.2' }] }, canvas)
  expect(lines).toEqual([
    'web.0 on nuc1: running for 3h',
    'Why there: chosen over nuc2: more is left free here',
    '',
    'Without a place',
    '  web.1 and web.2 have no place (proved impossible with the hosts that are',
    '    ready)',
    '    nuc3: the host is cordoned',
    '    One of them: it would fit on nuc3 once it is uncordoned',
  ])
})

test('one host: all that speaks against it', () => {
  const [, , nuc3] = PLACED.hosts
  const lines = explainLines({ slots: [{ ...PLACED, hosts: nuc3 ? [nuc3] : [] }] }, canvas, true)
  expect(lines.slice(-3)).toEqual([
    '  nuc3 does not take web.0:',
    '    the host is cordoned',
    '    needs 2 GiB memory, 1 GiB free',
  ])
})
