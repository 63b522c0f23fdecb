// `hc status --watch` in a window that is not high enough for all.
import { describe, expect, test } from 'vitest'
import type { StatusView } from '../../src/model/views.js'
import { fittingLines, standing, statusLines } from '../../src/ui/status.js'
import { makeStyle } from '../../src/ui/style.js'
import type { Canvas } from '../../src/ui/view.js'
import * as samples from './samples.js'

const canvas: Canvas = {
  style: makeStyle({ isTTY: false, noColor: true, env: {} }),
  columns: 80,
  now: Date.parse(samples.ALL_WELL.loop.lastTick ?? ''),
}
const names = Array.from({ length: 9 }, (_, index) => `job${index}`)

function many(failed: readonly string[]): StatusView {
  return {
    ...samples.ALL_WELL,
    converged: failed.length === 0,
    jobs: names.map((name) => samples.job(name, failed.includes(name) ? { running: 0, healthy: 0 } : {})),
    allocations: names.map((name) =>
      samples.allocation(`${name}.0`, 'nuc1', failed.includes(name) ? { state: 'failed', note: 'exit code 1' } : {}),
    ),
  }
}

describe('the screen cut to a height', () => {
  test('shows some of every table, and counts what is left out', () => {
    const lines = fittingLines(many([]), canvas, 22)
    expect(lines.length).toBeLessThanOrEqual(22)
    for (const text of ['nuc1', 'nuc2', 'nuc3', 'job0 ', 'job0.0']) expect(lines.join('\n')).toContain(text)
    expect(lines.filter((line) => line.startsWith('... and '))).toEqual([
      expect.stringMatching(/^\.\.\. and \d jobs that are well$/),
      expect.stringMatching(/^\.\.\. and \d allocations that are well$/),
    ])
  })
  test('shows what is not well before what is, where it stands in the table', () => {
    const lines = fittingLines(many(['job8']), canvas, 22)
    expect(lines.length).toBeLessThanOrEqual(22)
    expect(lines.some((line) => /^job8 /.test(line))).toBe(true)
    expect(lines.some((line) => /^job8\.0 .*failed/.test(line))).toBe(true)
  })
  test('counts also what is not well where there is no room for all of it', () => {
    const lines = fittingLines(many(names), canvas, 30)
    expect(lines.length).toBeLessThanOrEqual(30)
    expect(lines.filter((line) => line.includes('of them not well'))).toEqual([
      expect.stringMatching(/\d jobs?, \d of them not well$/),
      expect.stringMatching(/\d allocations?, \d of them not well$/),
    ])
  })
  test('is the whole one where there is room, and the least where there is none', () => {
    expect(fittingLines(many([]), canvas, 60)).toEqual(statusLines(many([]), canvas))
    const least = fittingLines(many([]), canvas, 3)
    expect(least.filter((line) => / that are well$/.test(line))).toEqual([
      '... and 2 hosts that are well',
      '9 jobs that are well',
      '9 allocations that are well',
    ])
  })
})

test('what was asked for is well, and has a word all the same', () => {
  const [first, second, ...others] = samples.ALL_WELL.hosts
  if (!first || !second) throw new Error('the sample has hosts')
  const view = {
    ...samples.ALL_WELL,
    hosts: [first, { ...second, cordoned: true, draining: true }, ...others],
    jobs: [...samples.ALL_WELL.jobs, samples.job('old', { stopped: true, wanted: 0, running: 0, healthy: 0 })],
  }
  expect(standing(view, canvas)).toBe(
    'All is well: 3 hosts (1 cordoned, 1 draining), 3 jobs (1 stopped), 3 of 3 running.',
  )
})
