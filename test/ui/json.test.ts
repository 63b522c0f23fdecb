import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ErrorCode, UserError } from '../../src/model/errors.js'
import { DRIVERS, type JobType } from '../../src/model/job.js'
import { type FailureKind, VERDICTS } from '../../src/model/observation.js'
import { type ActionKind, REASONS } from '../../src/model/plan.js'
import type { AllocationState } from '../../src/model/views.js'
import { EVENT_KINDS } from '../../src/ui/events.js'
import { document, errorDocument, tickDocument } from '../../src/ui/json.js'
import { TICK_AFTER_LOSS } from './samples-done.js'

const DOCS = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8')

/** The first cells of the table under a heading. */
function documented(heading: string): string[] {
  const part = DOCS.split(/^#{2,3} /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  return [...part.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '')
}

/** All members of a union: the compiler sees to it that none is missing and none is too many. */
const every = <T extends string>(members: Readonly<Record<T, true>>): string[] => Object.keys(members)

const STATES = every<AllocationState>({
  pending: true,
  starting: true,
  running: true,
  stopping: true,
  failed: true,
  complete: true,
  scheduled: true,
  stopped: true,
  unknown: true,
})
const ACTIONS = every<ActionKind>({
  start: true,
  stop: true,
  restart: true,
  move: true,
  adopt: true,
  forget: true,
  run: true,
})
const FAILURES = every<FailureKind>({
  refused: true,
  unreachable: true,
  timeout: true,
  auth: true,
  'host-key': true,
  'no-privileges': true,
  broken: true,
  'other-machine': true,
  'reply-lost': true,
  aborted: true,
})
const CODES = every<ErrorCode>({
  usage: true,
  invalid: true,
  'not-found': true,
  'not-survived': true,
  locked: true,
  store: true,
  world: true,
  interrupted: true,
  bug: true,
})
const TYPES = every<JobType>({ service: true, system: true, batch: true, cron: true })

describe('docs/json.md', () => {
  test.each([
    ['Errors', CODES],
    ['Verdicts of a host', [...VERDICTS]],
    ['States of an allocation', STATES],
    ['Kinds of actions', ACTIONS],
    ['Reasons of actions', Object.keys(REASONS)],
    ['Kinds of events', Object.keys(EVENT_KINDS)],
    ['Failures of the world', FAILURES],
  ])('%s: the list is closed and complete', (heading, members) => {
    expect(documented(heading)).toEqual(members)
  })

  test('reasons and kinds of events stand there with their meaning', () => {
    for (const [word, meaning] of Object.entries({ ...REASONS, ...EVENT_KINDS }))
      if (!(word in REASONS && word in EVENT_KINDS)) expect(DOCS).toContain(`| \`${word}\` | ${meaning} |`)
  })

  test('types and drivers', () => {
    for (const word of [...TYPES, ...DRIVERS]) expect(DOCS).toContain(`\`${word}\``)
  })
})

test('a document begins with its version', () => {
  expect(Object.keys(document({ jobs: [] }))).toEqual(['apiVersion', 'jobs'])
})

test('errors as documents', () => {
  const at = { file: 'a.yml', line: 1, column: 2 }
  const faults = [{ message: 'bad', at, lineText: 'x', hint: 'try y' }]
  expect(errorDocument(new UserError('wrong', { faults, host: 'nuc1' }))).toEqual({
    apiVersion: 'hc/v1',
    error: { code: 'invalid', message: 'wrong', hint: 'try y', at, host: 'nuc1', faults },
  })
  expect(errorDocument('text')).toMatchObject({ error: { code: 'bug', message: 'text', at: null } })
})

test('of a very long line an error tells what stands around the column', () => {
  const lineText = `${'x'.repeat(3000)}BAD${'y'.repeat(1_000_000)}`
  const faults = [1, 3001].map((column) => ({
    message: 'bad',
    at: { file: 'a.json', line: 1, column },
    lineText,
    hint: null,
  }))
  const found = JSON.stringify(errorDocument(new UserError('wrong', { faults })))
  expect(found).toContain(`"lineText":"${'x'.repeat(200)}…"`)
  expect(found).toContain(`"lineText":"…${'x'.repeat(200)}BAD${'y'.repeat(197)}…"`)
  expect(found.length).toBeLessThan(2000)
})

test("a tick's document has actions as plan has them, without the planner's figures", () => {
  const tick = tickDocument(TICK_AFTER_LOSS)
  expect(tick).toMatchObject({ changes: true, converged: false, tookMs: 41 })
  expect(tick).toHaveProperty('actions.0', {
    kind: 'start',
    slot: 'web.1',
    host: 'nuc1',
    from: 'nuc2',
    reason: 'host-lost',
    text: '',
  })
  expect(tick).not.toHaveProperty('plan')
})
