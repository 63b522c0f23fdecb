// Asks an allocation at its host's address, from the control machine: all that is left where the host hangs.
import type { HealthAsk, Outside } from '../model/health.js'
import type { Host } from '../model/host.js'
import type { HealthRule } from '../model/job.js'
import type { Prober } from '../ports.js'

/** Whom to ask, and by which rule. */
export interface OutsideTarget {
  readonly host: Host
  readonly rule: HealthRule
  /** null: it has no port that could be asked. */
  readonly ask: HealthAsk | null
}

/** Is this answer a good one by the rule? */
type Judge = (answer: Awaited<ReturnType<Prober['ask']>>) => { readonly ok: boolean; readonly text: string } | null

/** What is known of one start of an allocation, asked so. */
export class OutsideWatch {
  readonly #prober: Prober
  /** It has answered so while all was well: only then a failure means anything. */
  #proven = false
  #failures = 0
  #text = ''

  constructor(prober: Prober) {
    this.#prober = prober
  }

  /** It is well: can it be asked so at all? Asked until it was, where what hangs may move. */
  async prove({ host, ask }: OutsideTarget, judge: Judge): Promise<void> {
    this.#failures = 0
    if (this.#proven || host.hungMoves === undefined || ask === null) return
    this.#proven = judge(await this.#prober.ask(host, { ...ask, outside: true }))?.ok === true
  }

  /** Its host hangs. True: this changes what is to be made of it. */
  async ask({ host, rule, ask }: OutsideTarget, judge: Judge): Promise<boolean> {
    const before = this.report(rule).failing
    if (ask === null) this.#text = 'its health check is a command, which can not be run there now'
    else if (!this.#proven) this.#text = 'the control machine has never reached its port at the address of its host'
    else {
      const said = await this.#prober.ask(host, { ...ask, outside: true })
      const { ok, text } = judge(said) ?? { ok: false, text: 'text' in said ? said.text : '' }
      this.#failures = ok ? 0 : this.#failures + 1
      this.#text = text
    }
    return this.report(rule).failing !== before
  }

  /** What is known so far. */
  report(rule: HealthRule): Outside {
    return { failing: this.#proven && this.#failures >= rule.failures, text: this.#text }
  }
}
