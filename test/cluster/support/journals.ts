// Hosts with journals, as followed ones meet them: lines with cursors, connections that end.
import type { Host } from '../../../src/model/host.js'
import type { CommandResult, RemoteCommand, Transport } from '../../../src/ports.js'
import { LIVE_LINE } from '../../../src/remote/logs.js'

/** One entry of a journal. */
interface Entry {
  readonly unit: string
  readonly text: string
  readonly micros: number
  readonly number: number
}

/** One journalctl that runs. */
interface Stream {
  readonly script: string
  readonly units: readonly string[]
  readonly command: RemoteCommand
  end(result: CommandResult): void
}

/** Seconds since 1970 at which the clocks of all hosts stand. */
const EPOCH = 1_800_000_000

function words(script: string, name: string): string[] {
  return [...script.matchAll(new RegExp(`'?${name}'? '([^']*)'`, 'g'))].map(([, value = '']) => value)
}

/** One host with a journal. */
export class JournalHost {
  readonly entries: Entry[] = []
  readonly scripts: string[] = []
  stream: Stream | null = null
  /** What it says in place of an answer. */
  failure: string | null = null

  /** A unit says something, `atMs` after the beginning. */
  say(unit: string, text: string, atMs = 0): void {
    const entry = { unit, text, micros: EPOCH * 1e6 + atMs * 1000, number: this.entries.length + 1 }
    this.entries.push(entry)
    if (this.stream?.units.includes(unit)) this.stream.command.onStdout(lineOf(entry))
  }

  /** The connection is lost, or journalctl ends. */
  cut(result: CommandResult): void {
    const { stream } = this
    this.stream = null
    stream?.end(result)
  }

  async command(command: RemoteCommand): Promise<CommandResult> {
    const { script } = command
    this.scripts.push(script)
    if (this.failure !== null) {
      return { ok: false, failure: { kind: 'unreachable', message: this.failure, hint: null } }
    }
    command.onStdout(`hc-now ${EPOCH}\n`)
    for (const line of script.split('\n').filter((one) => one.startsWith("'journalctl'"))) this.#backlog(line, command)
    if (!script.includes('--follow')) return { ok: true, exitCode: 0 }
    command.onStdout(`${LIVE_LINE}\n`)
    const follow = script.slice(script.indexOf('exec '))
    const units = words(follow, '--unit')
    const number = Number.parseInt(/i=([0-9a-f]+);/.exec(follow)?.[1] ?? '0', 16)
    const later = this.entries.filter((entry) => entry.number >= number && (number > 0 || entry.micros >= EPOCH * 1e6))
    for (const entry of later) if (units.includes(entry.unit)) command.onStdout(lineOf(entry))
    return new Promise((end) => {
      this.stream = { script, units, command, end }
      command.signal?.addEventListener('abort', () => {
        this.stream = null
        end({ ok: false, failure: { kind: 'aborted', message: 'stopped', hint: null } })
      })
    })
  }

  #backlog(line: string, command: RemoteCommand): void {
    const units = words(line, '--unit')
    const most = Number(/--lines=(\d+)/.exec(line)?.[1] ?? 'Infinity')
    const found = this.entries.filter(({ unit }) => units.includes(unit))
    for (const entry of most === Number.POSITIVE_INFINITY ? found : found.slice(-most)) command.onStdout(lineOf(entry))
  }
}

function lineOf({ unit, text, micros, number }: Entry): string {
  const entry = { __REALTIME_TIMESTAMP: String(micros), _SYSTEMD_UNIT: unit, MESSAGE: text }
  return `${JSON.stringify({ ...entry, __CURSOR: `s=ab;i=${number.toString(16)};b=c` })}\n`
}

/** The way to them. */
export class JournalTransport implements Transport {
  readonly hosts = new Map<string, JournalHost>()

  constructor(...names: readonly string[]) {
    for (const name of names) this.hosts.set(name, new JournalHost())
  }

  host(name: string): JournalHost {
    const host = this.hosts.get(name)
    if (!host) throw new Error(`no host ${name}`)
    return host
  }

  command({ name }: Host, command: RemoteCommand): Promise<CommandResult> {
    return this.host(name).command(command)
  }

  run(): never {
    throw new Error('no scripts here')
  }

  session(): never {
    throw new Error('no sessions here')
  }

  async close(): Promise<void> {}
}
