// OpenSSH's client, asked how it would log in (`ssh -G`). A process of its own for each name would cost a command of a large cluster
// seconds, and one of three hosts a hundredth: names that are asked for at once share a shell.
import { execFile } from 'node:child_process'
import { UserError } from '../model/errors.js'
import type { Millis } from '../model/names.js'
import { Limit } from '../remote/limit.js'
import { LineSplitter } from '../remote/line-splitter.js'
import { words } from '../remote/quote.js'
import type { SshOptionMap } from './ssh-options.js'

/** Processes at once; each run of `ssh -G` takes about 5 ms. */
const RUNS = 8
const RUN_MS: Millis = 10_000
/** A shell that has not come to a name by then (a `Match exec` of another one may take its time) is not waited for. */
const SHARED_MS: Millis = 1000
/** So many names are worth a shell of their own. */
const SHARED_LEAST = 5
const MOST_BYTES = 2 ** 24
/** A line that no option looks like. */
const END = 'hc-end'

/** What is asked for one name. */
export interface Query {
  readonly name: string
  readonly user: string | null
  readonly port: number | null
  readonly keyFile: string | null
  /** `-o` options: win over the files. */
  readonly options: Readonly<Record<string, string>>
}

interface Waiting {
  readonly query: Query
  /** null: the shell does not tell. */
  resolve(answer: SshOptionMap | null): void
}

/** The client. `before`: arguments in front, such as `-F FILE`. */
export class SshClient {
  readonly #program: string
  readonly #before: readonly string[]
  readonly #limit = new Limit(RUNS)
  #waiting: Waiting[] = []

  constructor(program: string, before: readonly string[]) {
    this.#program = program
    this.#before = before
  }

  /** What it says; null where there is no such program. Throws UserError for what it does not take. */
  async ask(query: Query): Promise<SshOptionMap | null> {
    const shared = await new Promise<SshOptionMap | null>((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#share())
      this.#waiting.push({ query, resolve })
    })
    if (shared !== null) return shared
    const release = await this.#limit.take()
    try {
      return await this.#askAlone(query)
    } finally {
      release()
    }
  }

  /** All that wait, dealt out to few shells; one that waits alone needs none. */
  #share(): void {
    const all = this.#waiting
    this.#waiting = []
    const [first] = all
    if (all.length === 1) {
      first?.resolve(null)
      return
    }
    const size = Math.max(SHARED_LEAST, Math.ceil(all.length / RUNS))
    for (let at = 0; at < all.length; at += size) void this.#askTogether(all.slice(at, at + size))
  }

  /** Each is told as soon as the shell has come to it; null: what is refused is asked again, for the reason. */
  async #askTogether(all: readonly Waiting[]): Promise<void> {
    const release = await this.#limit.take()
    const left = [...all]
    let lines: string[] = []
    await this.#lines(
      all.map(({ query }) => query),
      (line) => {
        if (!line.startsWith(`${END} `)) lines.push(line)
        else {
          left.shift()?.resolve(line === `${END} 0` ? parseAnswer(lines) : null)
          lines = []
        }
      },
    ).catch(() => undefined)
    release()
    for (const { resolve } of left) resolve(null)
  }

  /** Rejects for what no shell can be told. */
  async #lines(queries: readonly Query[], tell: (line: string) => void): Promise<void> {
    const asked = queries.map(
      (query) => `${words([this.#program, ...this.#words(query)])} 2>/dev/null; echo "${END} $?"`,
    )
    await new Promise<void>((resolve) => {
      // Whatever goes wrong: those that it did not come to are asked alone.
      const bounds = { timeout: SHARED_MS, maxBuffer: MOST_BYTES }
      const shell = execFile('/bin/sh', ['-c', asked.join('\n')], bounds, () => resolve())
      const lines = new LineSplitter(tell)
      shell.stdout?.on('data', (text: string) => lines.push(text))
    })
  }

  #askAlone(query: Query): Promise<SshOptionMap | null> {
    return new Promise((resolve, reject) => {
      execFile(this.#program, this.#words(query), { timeout: RUN_MS }, (error, stdout, stderr) => {
        if (error === null) return resolve(parseAnswer(stdout.split('\n')))
        if (error.code === 'ENOENT' || error.code === 'EACCES') return resolve(null)
        const said = stderr.trim().split('\n').join('; ') || error.message
        reject(
          new UserError(`${query.name}: ssh does not take these settings: ${said}`, {
            hint: 'mend ~/.ssh/config or ansible_ssh_common_args',
          }),
        )
      })
    })
  }

  #words({ name, user, port, keyFile, options }: Query): string[] {
    const said = [...this.#before, '-G', '-T']
    if (user !== null) said.push('-l', user)
    if (port !== null) said.push('-p', String(port))
    if (keyFile !== null) said.push('-o', `IdentityFile="${keyFile}"`)
    for (const [key, value] of Object.entries(options)) said.push('-o', `${key}=${value}`)
    return [...said, '--', name]
  }
}

function parseAnswer(lines: readonly string[]): SshOptionMap {
  const found = new Map<string, string[]>()
  for (const line of lines) {
    const blank = line.indexOf(' ')
    if (blank > 0) addOption(found, line.slice(0, blank).toLowerCase(), line.slice(blank + 1))
  }
  return found
}

/** Options may be said several times. */
export function addOption(found: Map<string, string[]>, key: string, value: string): void {
  found.set(key, [...(found.get(key) ?? []), value])
}
