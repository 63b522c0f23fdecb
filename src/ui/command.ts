// What all commands share: flags, streams, Ctrl-C, errors, exit codes, JSON. Commands themselves stay thin.
import { Command, Flags } from '@oclif/core'
import { UserError } from '../model/errors.js'
import type { ApplyView, PlanView, Progress } from '../model/views.js'
import { durationFlag } from './common-flags.js'
import { asUserError, bugLines } from './errors-of-commands.js'
import { EXIT, exitOfError } from './exit-codes.js'
import { errorLines } from './faults.js'
import { type Interrupt, watchInterrupt } from './interrupt.js'
import { errorDocument } from './json.js'
import type { CommonFlags, Opener, OpenOptions } from './opening.js'
import type { ProgressReporter } from './progress.js'
import { sanitizeLine } from './sanitize.js'
import { makeStyle } from './style.js'
import { type EndSignal, type Output, type Terminal, terminal, writeLines } from './terminal.js'
import { type Canvas, sentence } from './view.js'

/** Help text that is broken into lines for the source: paragraphs stay, lines within them are joined. */
export function prose(text: string): string {
  return text.replace(/([^\n])\n(?!\n)/g, '$1 ')
}

/** How long another hc is waited for when --lock-timeout says nothing, ms. */
const LOCK_TIMEOUT = 30_000
/** How long closing connections may take, and how long after the end the process may linger, ms. */
const CLOSE_WITHIN = 3_000
const LINGER = 1_000

const LOOPLESS = 'no loop is ticking: a later loss is not handled: hc reconcile --install'

/** Base of all commands. */
export abstract class HcCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = {
    inventory: Flags.string({
      char: 'i',
      env: 'HC_INVENTORY',
      helpGroup: 'GLOBAL',
      helpValue: 'FILE',
      description: 'The inventory; else inventory.yml here or in a folder above',
    }),
    json: Flags.boolean({ helpGroup: 'GLOBAL', description: 'Print JSON, also for errors' }),
    'no-color': Flags.boolean({ helpGroup: 'GLOBAL', description: 'No colour, as with NO_COLOR set' }),
    'lock-timeout': durationFlag({
      helpGroup: 'GLOBAL',
      description: 'How long to wait while another hc acts: 30s unless said otherwise',
    }),
  }

  /** What Ctrl-C leaves behind, said at once; empty: nothing worth a word. */
  protected leaves = ''
  /** The command follows something: when nobody reads its output any more it ends. */
  protected follows = false
  private window: Terminal | null = null
  private interrupt: Interrupt | null = null
  private reporter: ProgressReporter | null = null
  private code: number = EXIT.done
  private question: Promise<unknown> = Promise.resolve()
  /** What was said once and need not be said again: of several changes one after the other, all say the same. */
  private readonly said = new Set<string>()
  private asks = false
  private begun: number | null = null

  override async init(): Promise<void> {
    await super.init()
    this.window = await terminal()
  }

  /** The process and its terminal. */
  protected get terminal(): Terminal {
    if (this.window === null) throw new Error('bug: init() has not run')
    return this.window
  }

  /** How things are shown on stdout. */
  protected get onOut(): Canvas {
    return this.canvas(this.terminal.out)
  }

  /** How things are shown on stderr. */
  protected get onErr(): Canvas {
    return this.canvas(this.terminal.err)
  }

  private canvas(output: Output): Canvas {
    const style = makeStyle({
      isTTY: output.isTTY,
      noColor: this.argv.includes('--no-color'),
      env: this.terminal.env,
    })
    return { style, columns: output.columns, now: this.terminal.now() }
  }

  /** Results, to stdout; nothing with --json, where the returned document is the result. */
  protected print(lines: readonly string[]): void {
    if (!this.jsonEnabled()) writeLines(this.terminal.out, lines)
  }

  /** Everything else, to stderr. */
  protected say(lines: readonly string[]): void {
    if (this.reporter === null) writeLines(this.terminal.err, lines)
    else for (const line of lines) this.reporter.note(line)
  }

  /** After a signal; below the `^C` that a terminal shows where nothing is drawn. */
  private sayAtEnd(text: string, by: EndSignal | null): void {
    const { err } = this.terminal
    if (by === 'SIGINT' && err.isTTY && (this.asks || this.reporter === null)) err.write('\n')
    if (text !== '') this.say(sentence(text, this.onErr))
  }

  /** One warning, to stderr. */
  protected warnOf(text: string): void {
    this.say([`${this.onErr.style.paint('warn', 'warning:')} ${sanitizeLine(text)}`])
  }

  /** What to do next, to stderr; nothing with --json. */
  protected suggest(text: string): void {
    if (this.jsonEnabled() || this.said.has(text)) return
    this.said.add(text)
    this.say([this.onErr.style.paint('dim', `Next: ${sanitizeLine(text)}`)])
  }

  /** One document on one line, for commands that follow. */
  protected printJsonLine(json: unknown): void {
    this.terminal.out.write(`${JSON.stringify(json)}\n`)
  }

  override logJson(json: unknown): void {
    this.terminal.out.write(`${JSON.stringify(json, null, 2)}\n`)
  }

  /** Sets the exit code of the command. */
  protected endWith(code: number): void {
    this.code = code
  }

  /** Somebody is there to be asked. */
  protected get interactive(): boolean {
    return this.terminal.inputIsTTY && this.terminal.err.isTTY
  }

  /** Asks on the terminal; anything but yes is no. */
  protected async confirm(question: string): Promise<boolean> {
    this.asks = true
    const answer = await this.inTurn((signal) => this.terminal.ask(`${question} [y/N] `, signal))
    this.asks = false
    return /^y(es)?$/i.test(answer?.trim() ?? '')
  }

  /** After a no, the same for all commands: what a script waited for did not come to pass, so it is no success. */
  protected endDeclined(text = 'Nothing was changed.'): void {
    this.say([text])
    this.endWith(EXIT.failed)
  }

  /** Usage error unless somebody can be asked or --yes is given. */
  protected needYes(yes: boolean, what: string): void {
    if (yes || this.interactive) return
    throw this.misused(
      `${what} needs --yes where nobody can be asked`,
      'look at what it would do, then run it again with --yes',
    )
  }

  /** An error of usage, to be thrown. */
  protected misused(message: string, hint: string): UserError {
    return new UserError(message, { code: 'usage', hint })
  }

  /** One question at a time, also when several hosts want a passphrase at once. */
  private inTurn<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = this.interrupt?.signal ?? new AbortController().signal
    const turn = this.question.then(() => ask(signal))
    this.question = turn.catch(() => undefined)
    return turn
  }

  /** Does work that tells its progress, and shows it; of several such works the clock goes on. */
  protected async withProgress<T>(work: (onProgress: (progress: Progress) => void) => Promise<T>): Promise<T> {
    const { progressOn } = await import('./progress.js')
    const reporter = progressOn(this.terminal, this.onErr.style)
    this.reporter = reporter
    const now = this.terminal.now()
    this.begun ??= now
    const before = now - this.begun
    try {
      return await work((progress) => {
        const later = progress.kind === 'slot' ? { ...progress, atMs: progress.atMs + before } : progress
        reporter.onProgress(later)
      })
    } finally {
      this.reporter = null
      await reporter.stop()
    }
  }

  protected async mayGoOn({ changes }: Pick<PlanView, 'changes'>, yes: boolean, question: string): Promise<boolean> {
    return !changes || yes || !this.interactive || this.confirm(question)
  }

  /** What was done and what is left, and that nobody watches where no loop ticks. */
  protected async tellOutcome(view: ApplyView): Promise<void> {
    if (view.declined) return this.endDeclined()
    const { applyLines } = await import('./apply.js')
    this.print(applyLines(view, this.onOut))
    if (view.loopTicking === false && !this.said.has(LOOPLESS)) {
      this.said.add(LOOPLESS)
      this.warnOf(LOOPLESS)
    }
    if (!view.converged) this.suggest('hc status')
  }

  /** Opens the cluster, does the work, closes it. Ctrl-C aborts `signal`. */
  protected async withHc<H extends { close(): Promise<void> }, T>(
    flags: CommonFlags,
    load: () => Promise<Opener<H>>,
    work: (hc: H, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const interrupt = watchInterrupt(this.terminal, {
      leaves: () => (this.asks ? '' : this.leaves), // after a question it is told that nothing was changed
      follows: this.follows,
      say: (text, by) => this.sayAtEnd(text, by),
    })
    this.interrupt = interrupt
    try {
      const { openHc } = await load()
      const hc = await openHc(this.openOptions(flags, interrupt.signal))
      try {
        return await work(hc, interrupt.signal)
      } finally {
        await this.closeInTime(hc)
      }
    } finally {
      interrupt.stop()
    }
  }

  private openOptions(flags: CommonFlags, signal: AbortSignal): OpenOptions {
    const debug = this.debugging ? (line: string) => this.say([`debug: ${line}`]) : undefined
    const askPassphrase = this.interactive
      ? (file: string) =>
          this.inTurn((until) => this.terminal.askHidden(`Passphrase of ${sanitizeLine(file)}: `, until))
      : undefined
    const confirmKey = this.interactive ? (question: string) => this.confirm(sanitizeLine(question)) : undefined
    return {
      inventory: flags.inventory,
      lockTimeoutMs: flags['lock-timeout'] ?? LOCK_TIMEOUT,
      signal,
      askPassphrase,
      confirmKey,
      debug,
    }
  }

  private get debugging(): boolean {
    return (this.terminal.env.HC_DEBUG ?? '') !== ''
  }

  private async closeInTime(hc: { close(): Promise<void> }): Promise<void> {
    const closed = new AbortController()
    const close = hc.close().finally(() => closed.abort())
    await Promise.race([close, this.terminal.sleep(CLOSE_WITHIN, closed.signal)])
  }

  /** The exit code of an error; commands with codes of their own override it. */
  protected exitOfError(error: unknown): number {
    return exitOfError(error)
  }

  /** The exit code after a signal. */
  protected exitOfSignal(_signal: EndSignal): number {
    return EXIT.interrupted
  }

  /** Says what went wrong, for people or as JSON, and sets the exit code. Never throws on. */
  protected override async catch(error: unknown): Promise<void> {
    this.parsed = true // else oclif warns that nothing was parsed when parsing is what failed
    const stopped = this.interrupt?.signal.aborted === true
    if (stopped && !(error instanceof UserError)) {
      if (this.interrupt?.by === null) return
      if (this.jsonEnabled()) this.logJson(errorDocument(new UserError('interrupted', { code: 'interrupted' })))
      return
    }
    const shown = asUserError(error, this.id) ?? error
    this.code = this.exitOfError(shown)
    if (this.debugging && error instanceof Error) this.say([error.stack ?? error.message])
    if (this.jsonEnabled()) this.logJson(errorDocument(shown))
    else this.say(shown instanceof UserError ? errorLines(shown, this.onErr) : bugLines(shown, this.onErr))
  }

  /** Sets the exit code of the process. */
  protected override async finally(_error: Error | undefined): Promise<void> {
    const by = this.interrupt?.by ?? null
    this.terminal.setExitCode(by === null ? this.code : this.exitOfSignal(by))
    this.terminal.exitWithin(LINGER)
  }
}
