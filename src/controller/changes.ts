// hc_on_change: a program of the operator hears where everything answers, whenever that changes.
import { messageOf } from '../model/errors.js'
import { type NewEvent, told } from '../model/event.js'
import type { Millis } from '../model/names.js'
import type { Notifier } from '../ports.js'
import type { Look } from './controller.js'
import { endpointsOf } from './status.js'

/** Bound of one run, ms. */
const RUN_MS: Millis = 30_000
/** After a run that failed the same is tried again, so many times in all. */
const TRIES = 3

/** Runs hc_on_change; one run at a time, and what changes meanwhile is one more. The loop's alone. */
export class Changes {
  readonly #notifier: Notifier | undefined
  #said: string | null = null
  #failures = 0
  #running = false
  #told: NewEvent[] = []

  constructor(notifier: Notifier | undefined) {
    this.#notifier = notifier
  }

  /** Looks whether something answers elsewhere than before; the first look counts as a change. Returns what runs came to. */
  advance(look: Pick<Look, 'decision' | 'input' | 'inventory' | 'beliefs'>): readonly NewEvent[] {
    const argv = look.inventory.settings.onChange
    if (argv && this.#notifier && !this.#running && isClear(look)) {
      const endpoints = endpointsOf(look).filter(({ state }) => state === 'running')
      const text = JSON.stringify({ apiVersion: 'hc/v1', endpoints })
      if (text !== this.#said) this.#run(this.#notifier, argv, text)
    }
    return this.#told.splice(0)
  }

  #run(notifier: Notifier, argv: readonly string[], text: string): void {
    this.#running = true
    const ended = (ok: boolean) => {
      this.#running = false
      this.#failures = ok ? 0 : this.#failures + 1
      if (!ok && this.#failures < TRIES) return
      this.#failures = 0
      this.#said = text
    }
    void notifier.run(argv, `${text}\n`, RUN_MS).then(
      () => {
        this.#told.push(told('notified', 'hc_on_change has heard where everything answers', { reason: 'endpoints' }))
        ended(true)
      },
      (error: unknown) => {
        this.#told.push(told('warning', `hc_on_change: ${messageOf(error)}`, { reason: 'endpoints' }))
        ended(false)
      },
    )
  }
}

/** A host that is silent for a moment says nothing of what answers there; neither does a cluster that was not seen yet. */
function isClear({ beliefs }: Pick<Look, 'beliefs'>): boolean {
  const verdicts = beliefs.map(({ verdict }) => verdict)
  return verdicts.includes('ready') && !verdicts.includes('suspect')
}
