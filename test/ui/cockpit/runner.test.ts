// The cockpit at work on a cluster that misbehaves: nothing of it ends the cockpit, all of it is said.
import { afterEach, expect, test } from 'vitest'
import { LockedError, UserError } from '../../../src/model/errors.js'
import type { Cockpit } from '../../../src/ui/cockpit/cockpit.js'
import { lastWord } from '../../../src/ui/cockpit/last-word.js'
import { Runner } from '../../../src/ui/cockpit/runner.js'
import { pageOf } from '../../../src/ui/cockpit/state.js'
import { canvas, NOW } from '../samples.js'
import { APPLIED, DONE } from '../samples-done.js'
import { event, fakeCockpit, live, SMALL, soon } from './fakes.js'

const open: Runner[] = []
afterEach(() => {
  for (const runner of open.splice(0)) runner.stop()
})

function started(parts: Partial<Cockpit> = {}): Runner {
  const options = { title: 'inventory.yml', size: SMALL, now: () => NOW, redraw: () => undefined }
  const runner = new Runner(fakeCockpit(parts), options)
  open.push(runner)
  runner.start()
  return runner
}

function press(runner: Runner, ...keys: readonly string[]): void {
  for (const key of keys) runner.tell({ kind: 'key', key })
}

const lastWork = (runner: Runner) => runner.state.works.at(-1)

test('snapshots and events arrive; events that come together are told together', async () => {
  let changes = 0
  const runner = started({
    events: async ({ onEvent, signal }) => {
      for (let id = 1; id <= 300; id += 1) onEvent(event(id))
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    },
  })
  runner.subscribe(() => {
    changes += 1
  })
  await soon(() => expect(runner.state.journal).toHaveLength(300))
  expect(runner.state.view?.hosts).toHaveLength(3)
  expect(changes).toBeLessThan(20)
})

test('a watch that fails at once is said and begun again', async () => {
  let times = 0
  const runner = started({
    watch: ({ onView, signal }) => {
      times += 1
      if (times === 1) throw new UserError('inventory.yml is faulty', { hint: 'hc validate shows where' })
      onView(live())
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    },
  })
  expect(runner.state.trouble).toBeNull()
  await soon(() => expect(runner.state.trouble).toBe('inventory.yml is faulty; hc validate shows where'))
  await soon(() => expect(runner.state.view).not.toBeNull())
  expect(runner.state.trouble).toBeNull()
})

test('a record of events that cannot be read is said, and hides nothing', async () => {
  const runner = started({ events: async () => Promise.reject(new Error('no space left')) })
  await soon(() => expect(runner.state.notice?.text).toContain('cannot be read: no space left'))
  expect(runner.state.view).not.toBeNull()
  expect(runner.state.trouble).toBeNull()
})

test('trouble goes when there is a view again', async () => {
  const runner = started({
    watch: async ({ onTrouble, onView, signal }) => {
      onTrouble('the store is locked')
      await new Promise((resolve) => setTimeout(resolve, 20))
      onView(live())
      onTrouble(null)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    },
  })
  await soon(() => expect(runner.state.trouble).toBe('the store is locked'))
  await soon(() => expect(runner.state.trouble).toBeNull())
})

test('what is done runs beside: its progress and its end are shown, also among the events', async () => {
  let finish: () => void = () => undefined
  const asked: unknown[] = []
  const runner = started({
    restartJob: async (name, onProgress, slots) => {
      asked.push([name, slots])
      onProgress({ kind: 'slot', slot: 'db.0', host: 'nuc3', state: 'acting', text: 'stops', atMs: 5 })
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return { ...DONE, results: [{ slot: 'db.0', host: 'nuc3', ok: true, error: null }] }
    },
  })
  await soon(() => expect(runner.state.view).not.toBeNull())
  press(runner, '3', 'r', 'y')
  await soon(() => expect(lastWork(runner)?.text).toBe('db.0 on nuc3 acting: stops'))
  expect(asked).toEqual([['db', ['db.0']]])
  press(runner, 'j', '2')
  expect(runner.state.focus).toBe('jobs')
  finish()
  await soon(() => expect(lastWork(runner)?.state).toBe('done'))
  expect(runner.state.journal.map(({ text }) => text)).toEqual([
    'restart db.0: done: 1 allocation',
    'restart db.0: asked for',
  ])
})

test.each([
  [
    new LockedError('another hc acts: hc apply since 3s', 'wait for it'),
    'another hc acts: hc apply since 3s; wait for it',
  ],
  [new Error('boom'), 'boom'],
])('what fails says why: %s', async (error, text) => {
  const runner = started({ stopJob: async () => Promise.reject(error) })
  await soon(() => expect(runner.state.view).not.toBeNull())
  press(runner, '2', 'S', 'y')
  await soon(() => expect(lastWork(runner)).toMatchObject({ state: 'failed', text }))
  runner.tell({ kind: 'time', now: NOW + 3_600_000 })
  expect(lastWork(runner)?.state).toBe('failed')
})

test.each([
  [{ ...APPLIED }, 'api.10 on nuc1: exit status 127: /usr/bin/api: not found'],
  [{ ...DONE, unplaced: [{ slot: 'a.0', reasons: [] }] }, '1 slot without a place: ! shows why'],
  [
    { ...DONE, outOfReach: ['nuc2'], converged: false },
    'out of reach: nuc2; what is left there is done once it is back',
  ],
  [{ ...DONE, converged: false }, 'sent, but not all runs yet: ! shows what does not'],
])('what did not come out as wanted is told: %#', async (view, text) => {
  const runner = started({ drainHost: async () => view })
  await soon(() => expect(runner.state.view).not.toBeNull())
  press(runner, 'D', 'y')
  await soon(() => expect(lastWork(runner)).toMatchObject({ state: 'failed', text }))
})

test('cordon tells its own sentence', async () => {
  const runner = started()
  await soon(() => expect(runner.state.view).not.toBeNull())
  press(runner, 'c', 'y')
  await soon(() => expect(lastWork(runner)).toMatchObject({ state: 'done', text: 'nuc1 is cordoned' }))
})

test('journals are ended with their page, and a failure of one is said on it', async () => {
  let signal: AbortSignal | undefined
  const runner = started({
    logs: (_targets, options) => {
      signal = options.signal
      options.onLine({ slot: 'db.0', host: 'nuc3', time: '2026-11-22T10:00:00Z', text: 'hello' })
      return new Promise(() => undefined)
    },
  })
  await soon(() => expect(runner.state.view).not.toBeNull())
  press(runner, '3', 'l')
  await soon(() => expect(pageOf(runner.state)).toMatchObject({ lines: [{ text: 'hello' }] }))
  press(runner, 'q')
  expect(signal?.aborted).toBe(true)
  expect(runner.state.pages).toEqual([])
  const broken = started({ logs: async () => Promise.reject(new UserError('nuc3 is out of reach')) })
  await soon(() => expect(broken.state.view).not.toBeNull())
  press(broken, '3', 'l')
  await soon(() => expect(pageOf(broken.state)).toMatchObject({ ended: expect.stringContaining('out of reach') }))
})

test('a flood of lines is gathered and bounded', async () => {
  let changes = 0
  const runner = started({
    logs: async (_targets, { onLine, signal }) => {
      for (let at = 0; at < 50_000; at += 1)
        onLine({ slot: 'db.0', host: 'nuc3', time: '2026-11-22T10:00:00Z', text: `line ${at}` })
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    },
  })
  await soon(() => expect(runner.state.view).not.toBeNull())
  runner.subscribe(() => {
    changes += 1
  })
  press(runner, '3', 'l')
  await soon(() => {
    const page = pageOf(runner.state)
    expect(page?.kind === 'logs' && page.lines.at(-1)?.text).toBe('line 49999')
  })
  expect(changes).toBeLessThan(10)
})

test('leaving ends all that is followed, and the last word says how the cluster stood', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const follow = ({ signal }: { readonly signal?: AbortSignal }) => {
    signals.push(signal)
    return new Promise<void>(() => undefined)
  }
  const runner = started({
    watch: (options) => {
      options.onView(live())
      return follow(options)
    },
    events: follow,
    restartJob: () => new Promise(() => undefined),
  })
  await soon(() => expect(signals).toHaveLength(2))
  press(runner, '3', 'r', 'y', 'q', 'y')
  await runner.left
  expect(signals.every((signal) => signal?.aborted)).toBe(true)
  const before = runner.state
  runner.tell({ kind: 'note', text: 'late' })
  expect(runner.state).toBe(before)
  expect(lastWord(runner.state, canvas(null))).toEqual([
    'All is well: 3 hosts (1 cordoned), 2 jobs, 3 of 3 running. The loop ticks, last 0s ago.',
    'Left under way: restart db.0. hc events shows what is recorded of it: that the loop, or hc reconcile, carries out.',
  ])
})

test('the last word where nothing was seen', () => {
  const runner = started({ watch: () => new Promise(() => undefined) })
  expect(lastWord(runner.state, canvas(null))).toEqual(['The hosts had not answered yet.'])
})
