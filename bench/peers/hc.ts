// hc: a loop on this machine, which is the control machine.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from '../lab.js'
import { Loop } from '../loop.js'
import { runOk } from '../measure.js'
import { hc, hcEnv, hcVersion } from '../program.js'
import type { Cluster } from './cluster.js'
import { commandOf, type Service } from './ground.js'

/** A job that is over as soon as it has begun. */
const DONE = 'name: done\ntype: batch\ncommand: [/bin/true]\n'

/** What is set in the inventory, and job fields beside what all have. */
export interface HcOptions {
  readonly name: string
  readonly about: string
  readonly settings?: Readonly<Record<string, string>>
  readonly exclusive?: boolean
}

/** Where the seconds of a failover go. */
export interface Phases {
  readonly silent: number
  readonly lost: number
}

/** A job file. */
export function jobOf(service: Service, exclusive = false): string {
  const words = commandOf(service, '/etc').map((word) =>
    word === String(service.port) ? '"$' + '{HC_PORT_http}"' : word,
  )
  return [
    `name: ${service.name}`,
    `command: [${words.join(', ')}]`,
    `ports: {http: ${service.port}}`,
    'resources: {cpu: 50m, memory: 64Mi}',
    ...(exclusive ? ['exclusive: true'] : []),
    '',
  ].join('\n')
}

/** The lab's inventory with hosts of the same size, and with these settings. */
export function inventoryOf(text: string, settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([key, value]) => `    ${key}: ${value}\n`)
  return text.replaceAll('memory: 6Gi', 'memory: 8Gi').replace(/^( {4}hc_witness: .*\n)/m, `$1${lines.join('')}`)
}

/** hc as a cluster; the loop is there to be asked. */
export class HcCluster implements Cluster {
  readonly kind = 'hc'
  readonly parts = true
  readonly name: string
  readonly about: string
  readonly #options: HcOptions
  #folder = ''
  #loop: Loop | null = null

  constructor(options: HcOptions) {
    this.#options = options
    this.name = `hc ${hcVersion()}, ${options.name}`
    this.about = options.about
  }

  /** Null before it is up. */
  get loop(): Loop | null {
    return this.#loop
  }

  /** Seconds from `at` (`performance.now()`) until a tick told that a host is silent, and that one is lost; NaN: none did. */
  phases(at: number): Phases {
    const first = (...verdicts: readonly string[]) => {
      const after = this.#loop?.ticks.filter((tick) => tick.at > at) ?? []
      const tick = after.find(({ hosts }) => hosts.some(({ verdict }) => verdicts.includes(verdict)))
      return ((tick?.at ?? Number.NaN) - at) / 1000
    }
    return { silent: first('suspect', 'lost'), lost: first('lost') }
  }

  get #inventory(): string {
    return join(this.#folder, 'inventory.yml')
  }

  async up(lab: Lab): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'hc-bench-cluster-'))
    mkdirSync(join(this.#folder, 'jobs'))
    const text = inventoryOf(readFileSync(lab.inventory, 'utf8'), this.#options.settings ?? {})
    writeFileSync(this.#inventory, text)
    this.#loop = new Loop(this.#inventory)
    await this.#loop.until(({ hosts }) => hosts.every(({ verdict }) => verdict === 'ready'), 60_000)
  }

  async deploy(services: readonly Service[]): Promise<void> {
    const jobs = join(this.#folder, 'jobs')
    rmSync(jobs, { recursive: true })
    mkdirSync(jobs)
    // Off the hosts first: what runs keeps its place. A folder without any job would be refused.
    writeFileSync(join(jobs, 'done.yml'), DONE)
    await this.#apply()
    for (const service of services) {
      writeFileSync(join(jobs, `${service.name}.yml`), jobOf(service, this.#options.exclusive))
    }
    await this.#apply()
  }

  async #apply(): Promise<void> {
    const words = ['apply', '-y', '--prune', '--json', join(this.#folder, 'jobs')]
    // What it leaves undone (1, 3, 4) on a busy machine, the loop does.
    await runOk(hc(...words), { env: hcEnv(this.#inventory) }, [0, 1, 3, 4])
  }

  async leaders(): Promise<readonly string[]> {
    return []
  }

  async down(): Promise<void> {
    // An exclusive unit that goes without a word of hc makes its host reset itself.
    if (this.#loop && this.#options.exclusive) await this.deploy([]).catch(() => {})
    await this.#loop?.end()
    this.#loop = null
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true })
  }
}
