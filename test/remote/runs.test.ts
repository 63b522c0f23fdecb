import { describe, expect, test } from 'vitest'
import { parseRun, parseRunLog, parseRuns } from '../../src/remote/runs.js'

const BOOT = 'e3894843-0b7f-4731-b9e5-c64bcd8d3643'

describe('logs of runs', () => {
  test('a line tells when, how and whose', () => {
    expect(parseRun('100 107 exit-code exited 3 7.2.4')).toEqual({
      startMs: 100_000,
      endMs: 107_000,
      result: 'exit-code',
      exitCode: 3,
      signal: null,
      tag: { placement: 7, generation: 2, version: 4 },
    })
    expect(parseRun('100 107 signal killed KILL 7.2.4')).toMatchObject({ exitCode: null, signal: 'KILL' })
    expect(parseRun('100 - lost - - 7.2.4')).toMatchObject({
      endMs: null,
      result: 'lost',
      exitCode: null,
      signal: null,
    })
  })

  test.each([
    '',
    'x',
    '1 2',
    '1 2 \u001b[31m exited 0 1.1.1',
    '1 2 UPPER exited 0 1.1.1',
    'a b success exited 0 1.1.1',
  ])('what is none is none: %j', (line) => expect(parseRun(line)).toBeNull())

  test('a probe tells of the open and of the last one', () => {
    const runs = parseRuns([
      'tick.0.last 1 2 success exited 0 1.0.1',
      `tick.0.now 5 ${BOOT} 1.0.1`,
      `once.0.now 5 no-boot 1.0.1`,
      'rubbish',
    ])
    expect(runs.get('tick.0')).toMatchObject({ last: { result: 'success' }, open: { startMs: 5000, bootId: BOOT } })
    expect(runs.get('once.0')).toEqual({ last: null, open: null })
  })

  test('a log is read line by line', () => {
    const log = parseRunLog('tick.0 1 2 success exited 0 1.0.1\nrubbish\ntick.1 1 2 exit-code exited 9 1.0.1\n')
    expect(log.map(({ slot, run }) => [slot, run.exitCode])).toEqual([
      ['tick.0', 0],
      ['tick.1', 9],
    ])
  })
})
