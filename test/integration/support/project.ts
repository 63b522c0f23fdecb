// A folder of a user: inventory.yml, jobs/, and the store that hc makes beside them.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Event } from '../../../src/model/event.js'
import type { ApplyView, StatusView } from '../../../src/model/views.js'
import { labState } from './lab.js'
import { type Run, Running, type RunOptions } from './process.js'
import { HOSTS } from './verbs.js'
import { eventually } from './wait.js'

/** What hc says as JSON, with the version of the format. */
export type Versioned<T> = T & { readonly apiVersion: string }

/** An error as JSON. */
export interface ErrorJson {
  readonly apiVersion: string
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint: string | null
    readonly at: { readonly file: string; readonly line: number | null; readonly column: number | null } | null
    readonly host: string | null
  }
}

const open = new Set<Project>()

/** Ends what the projects of this file run and takes their folders away. */
export async function closeProjects(): Promise<void> {
  for (const project of open) await project.close()
  open.clear()
}

/** One folder with inventory and jobs. */
export class Project {
  readonly folder: string
  readonly #running: Running[] = []
  #removed = 0

  /** `from`: a project to copy, store and all. */
  constructor({ from }: { readonly from?: Project } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'hc-integration-'))
    if (from) cpSync(from.folder, this.folder, { recursive: true })
    else this.write('inventory.yml', readFileSync(join(labState(), 'inventory.yml'), 'utf8'))
    mkdirSync(this.path('jobs'), { recursive: true })
    open.add(this)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), text)
  }

  /** Gone at one stroke, as by a slip of the hand: a loop that writes meanwhile finds nothing and makes its own anew. */
  remove(name: string): void {
    const aside = `${this.path(name)}.gone-${this.#removed++}`
    renameSync(this.path(name), aside)
    // A file that is just being written may still come into it.
    rmSync(aside, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }

  /** Writes jobs/NAME.yml. */
  job(name: string, text: string): void {
    this.write(`jobs/${name}.yml`, text)
  }

  /** Adds variables of the whole inventory: YAML lines. */
  settings(...lines: readonly string[]): void {
    this.editInventory((text) => text.replace('  vars:\n', `  vars:\n${lines.map((line) => `    ${line}\n`).join('')}`))
  }

  editInventory(edit: (text: string) => string): void {
    this.write('inventory.yml', edit(readFileSync(this.path('inventory.yml'), 'utf8')))
  }

  start(words: readonly string[], options: Partial<RunOptions> = {}): Running {
    const running = new Running(words, { cwd: this.folder, ...options })
    this.#running.push(running)
    void running.ended.then(() => this.#running.splice(this.#running.indexOf(running), 1))
    return running
  }

  /** Runs hc here and waits for its end, whatever it is. */
  hc(...words: readonly string[]): Promise<Run> {
    return this.start(words).ended
  }

  /** Runs hc with --json; exit code and the object. */
  async json<T>(...words: readonly string[]): Promise<{ code: number | null; json: Versioned<T>; stderr: string }> {
    const { code, stdout, stderr } = await this.hc(...words, '--json')
    try {
      return { code, json: JSON.parse(stdout), stderr }
    } catch {
      throw new Error(`hc ${words.join(' ')} --json ended with ${code} and printed no JSON: ${stdout}${stderr}`)
    }
  }

  async status(...words: readonly string[]): Promise<Versioned<StatusView>> {
    return (await this.json<StatusView>('status', ...words)).json
  }

  async apply(
    ...words: readonly string[]
  ): Promise<{ code: number | null; json: Versioned<ApplyView>; stderr: string }> {
    return this.json<ApplyView>('apply', ...words)
  }

  /** The record, oldest first. */
  async events(): Promise<readonly Event[]> {
    return (await this.json<{ events: readonly Event[] }>('events', '-n', '1000')).json.events
  }

  /** Starts `hc reconcile --cron` and waits until it ticks. */
  async loop(...words: readonly string[]): Promise<Running> {
    const loop = this.start(['reconcile', '--cron', ...words])
    await eventually('the loop ticks', async () => (await this.status()).loop.ticking, { seconds: 30 })
    return loop
  }

  /** Waits until all is as it was applied; the status. */
  converged(seconds = 60): Promise<Versioned<StatusView>> {
    const ask = async () => {
      const status = await this.status()
      if (status.converged) return status
      throw new Error(
        JSON.stringify({ ...status, hosts: status.hosts.map(({ name, verdict }) => `${name} ${verdict}`) }),
      )
    }
    return eventually('converged', ask, { seconds, everyMs: 500 })
  }

  /** Waits until the loop has seen every host from the control machine and from all others: a look counts by that only. */
  async proven(): Promise<void> {
    await eventually('all hosts have shown that they reach each other', async () => {
      const shown = await Promise.all(
        HOSTS.map(
          async (name) => (await this.json<{ vantages: readonly string[] }>('host', 'show', name)).json.vantages,
        ),
      )
      return shown.every((vantages) => vantages.length === HOSTS.length)
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.kill('SIGKILL')))
    rmSync(this.folder, { recursive: true, force: true })
  }
}
