// Every situation of one allocation and its bucket: a table to be read, and the rules of safety on each line of it.
import { expect, test } from 'vitest'
import { type Classified, classify } from '../../src/planner/classify.js'
import { subjectsOf } from '../../src/planner/subjects.js'
import { named, SEEN_COLUMNS, type Situation, seenInput, UNSEEN_COLUMNS, unseenInput } from './support/situations.js'
import { type Column, combinations, type Row, renderTable } from './support/truth-table.js'

interface Case {
  readonly values: readonly string[]
  readonly situation: Situation
  readonly result: Classified
}

function casesOf(columns: readonly Column[], make: typeof seenInput, seen: boolean): readonly Case[] {
  return [...combinations(columns)].flatMap((values) => {
    const situation = named(columns, values)
    const { plan, slot } = make(situation)
    const found = classify(subjectsOf(plan), plan).filter(
      ({ subject }) => subject.slot === slot && (seen ? subject.host === 'n1' && subject.unit : !subject.unit),
    )
    expect(found.length, JSON.stringify(situation)).toBeLessThanOrEqual(1)
    const [result] = found
    return result ? [{ values, situation, result }] : []
  })
}

const seen = casesOf(SEEN_COLUMNS, seenInput, true)
const unseen = casesOf(UNSEEN_COLUMNS, unseenInput, false)

function rowsOf(cases: readonly Case[]): readonly Row[] {
  return cases.map(({ values, result }) => ({
    values,
    outcome: result.reason === null ? result.bucket : `${result.bucket}: ${result.reason}`,
  }))
}

test('the truth table', async () => {
  const text = `# What is to become of an allocation. Written by test/planner/classify.test.ts; every combination is in one line.

## Seen on a host (n1)
${renderTable(SEEN_COLUMNS, rowsOf(seen))}

## Not seen on the host of its record (n1), or without a record
${renderTable(UNSEEN_COLUMNS, rowsOf(unseen))}
`
  await expect(text).toMatchFileSnapshot('../golden/classify.txt')
})

/** Fails with every situation that breaks the law, the first ones spelled out. */
function law(cases: readonly Case[], holds: (situation: Situation, result: Classified) => boolean): void {
  const broken = cases.filter(({ situation, result }) => !holds(situation, result))
  const shown = broken.slice(0, 5).map(({ situation, result }) => `${result.bucket} ${JSON.stringify(situation)}`)
  expect(shown, `${broken.length} of ${cases.length}`).toEqual([])
}

const BLOCKED: readonly (string | undefined)[] = ['blocked', 'busy', 'foreign']
const SILENT: readonly (string | undefined)[] = ['suspect', 'unmanageable', 'cut-off', 'unknown', 'left']
const PASSIVE: readonly string[] = ['wait', 'keep', 'nothing', 'complete', 'unclaimed']

test('all cases are there', () => {
  expect(seen.length).toBe(SEEN_COLUMNS.reduce((product, { values }) => product * values.length, 1))
  expect(unseen.length).toBeGreaterThan(1500)
})
test('what the store knows nothing of is never stopped', () =>
  law(seen, ({ job }, { bucket }) => job !== 'unknown' || bucket === 'unclaimed'))
test('nothing is stopped without a cause in the store or a better copy', () =>
  law(
    seen,
    ({ job, record }, { bucket }) =>
      bucket !== 'stop' ||
      ['count lowered', 'stopped', 'removed'].includes(job ?? '') ||
      ['none, better copy', 'elsewhere', 'here, older'].includes(record ?? ''),
  ))
test('a unit of another cluster beside ours is never touched', () =>
  law(
    seen,
    ({ cluster, record, job }, { bucket }) =>
      cluster === 'ours' || !record?.startsWith('elsewhere') || job === 'removed' || PASSIVE.includes(bucket),
  ))
test('a host where steps are under way, or that another control machine writes to, is left alone', () => {
  law(seen, ({ host }, { bucket }) => !BLOCKED.includes(host) || PASSIVE.includes(bucket))
  law(
    unseen,
    ({ host, record }, { bucket }) => !BLOCKED.includes(host) || record === 'none' || PASSIVE.includes(bucket),
  )
})
test('silence is not death: nothing is done for a host that is not lost', () =>
  law(
    unseen,
    ({ host, record }, { bucket }) => !SILENT.includes(host) || record === 'none' || PASSIVE.includes(bucket),
  ))
test('only a lost host is replaced, and only for what may move by itself', () =>
  law(
    unseen,
    ({ host, kind = '' }, { bucket }) =>
      bucket !== 'replace' || (host === 'lost' && ['service', 'cron', 'batch, rerun'].includes(kind)),
  ))
test('what runs well is kept', () =>
  law(seen, (situation, { bucket }) => {
    const { job, host, record, spec, phase } = situation
    const well = job === 'wanted' && host === 'plain' && record === 'here' && spec === 'same'
    return !well || phase !== 'running' || bucket === 'keep'
  }))
test('what runs as its job asks is adopted without a restart', () =>
  law(seen, ({ job, host, record, spec, phase }, { bucket }) => {
    const asked = job === 'wanted' && host === 'plain' && record === 'none' && spec === 'same'
    return !asked || phase !== 'running' || bucket === 'adopt'
  }))
test('a failed slot is not started again before its time', () => {
  const begins: readonly string[] = ['start', 'restart', 'place', 'replace']
  // A restart that was asked for is the operator's word.
  law(
    seen,
    ({ 'back-off': wait }, { bucket, reason }) =>
      wait === 'no' || reason === 'restart-asked' || !begins.includes(bucket),
  )
  law(unseen, ({ 'back-off': wait }, { bucket }) => wait === 'no' || !begins.includes(bucket))
})
test('case 4: an exclusive slot without a record is not started while a host was never seen', () =>
  law(
    unseen,
    ({ kind, another, record }, { bucket }) =>
      kind !== 'exclusive' || another === 'seen' || record !== 'none' || PASSIVE.includes(bucket),
  ))
test('a job that is stopped or not wanted is never started', () => {
  const idle = (job: string | undefined) => job === 'stopped' || job === 'count lowered'
  law(seen, ({ job }, { bucket }) => !idle(job) || bucket === 'stop' || PASSIVE.includes(bucket))
  law(unseen, ({ job }, { bucket }) => !idle(job) || PASSIVE.includes(bucket))
})
test('a batch job that has ended is not started again', () => {
  law(
    seen,
    ({ job, host, record, kind, spec, phase }, { bucket }) =>
      !(kind === 'batch' && phase === 'ended' && job === 'wanted' && host === 'plain' && record === 'here') ||
      spec !== 'same' ||
      bucket === 'complete',
  )
  law(
    unseen,
    ({ record, job, kind }, { bucket }) =>
      record !== 'completed' || job !== 'wanted' || !kind?.startsWith('batch') || bucket === 'complete',
  )
})
test('whatever is done has a reason, and whatever waits says for what', () => {
  const acting: readonly string[] = ['stop', 'adopt', 'restart', 'start', 'place', 'migrate', 'replace']
  for (const cases of [seen, unseen]) {
    law(
      cases,
      (_, { bucket, reason, text }) =>
        acting.includes(bucket) === (reason !== null) && (reason === null || text !== ''),
    )
    law(cases, (_, { bucket, text }) => !['wait', 'failed', 'unclaimed'].includes(bucket) || text !== '')
    law(cases, (_, { text }) => text !== 'no rule matches')
  }
})
