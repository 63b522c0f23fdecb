// The real clock, and node-cron's beat.
import { performance } from 'node:perf_hooks'
import cron, { type ScheduledTask } from 'node-cron'
import { UserError } from '../model/errors.js'
import type { Clock } from '../ports.js'

/** What setTimeout can count; longer sleeps go in pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The clock of this machine. `beat` throws UserError for an expression that is none. */
export function createClock(): Clock {
  return {
    now: () => performance.now(),
    wall: () => new Date().toISOString(),
    sleep,
    beat,
  }
}

/** Is it a cron expression with five or six fields (seconds first), or one of @daily and its like? Says why not. */
export function cronFault(expression: string): string | null {
  const { valid, errors } = cron.validateDetailed(expression)
  if (valid) return null
  return errors.map((error) => error.message).join('; ') || 'not a cron expression'
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let left = Math.max(0, ms)
  do {
    const piece = Math.min(left, LONGEST_TIMER_MS)
    await nap(piece, signal)
    left -= piece
  } while (left > 0 && !signal?.aborted)
}

function nap(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const wake = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    // Timers that are overdue come before what has arrived: a process that was held up reads the answers first, then it gives up.
    const timer = setTimeout(() => setImmediate(wake), ms)
    signal?.addEventListener('abort', wake, { once: true })
  })
}

const SILENT = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} }

function beat(expression: string, onBeat: () => Promise<void>): { stop(): void } {
  const fault = cronFault(expression)
  if (fault !== null) {
    throw new UserError(`'${expression}' is not a cron expression: ${fault}`, {
      hint: "six fields, seconds first: '*/1 * * * * *' is every second",
    })
  }
  const task: ScheduledTask = cron.schedule(expression, onBeat, {
    noOverlap: true,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    logger: SILENT,
    suppressMissedWarning: true,
  })
  return {
    stop: () => {
      void task.destroy()
    },
  }
}
