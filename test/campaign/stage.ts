// The cluster that every fault meets: ordinary and exclusive slots, as units and as containers, at default settings.
import { chmodSync } from 'node:fs'
import { HOSTS, type LabHost, labHost, on, onAll, powerDriver, wipe } from '../integration/support/lab.js'
import type { Running } from '../integration/support/process.js'
import { Project } from '../integration/support/project.js'
import { only } from '../integration/support/seen.js'
import { eventually, sleep } from '../integration/support/wait.js'
import { placeWitness, uptime } from './witness.js'

/** Ordinary slots: busybox httpd as systemd units, in podman and in docker. */
export const ORDINARY = ['web1.0', 'web1.1', 'web2.0', 'web2.1', 'site.0', 'site.1', 'dock.0'] as const
/** Exclusive ones: a unit and a container. */
export const EXCLUSIVE = ['db.0', 'cell.0'] as const

const SMALL = 'resources: {cpu: 20m, memory: 16Mi}'
const IMAGE = ['image: localhost/hc-web:1', 'ports: {http: {host: auto, container: 8080}}', SMALL]
const UNIT = [`command: [busybox, httpd, -f, -p, "\${HC_PORT_http}", -h, /etc]`, 'ports: {http: auto}', SMALL]

/** The jobs; `mark` makes another version of each. */
function jobs(mark: string): Readonly<Record<string, readonly string[]>> {
  const env = `env: {MARK: "${mark}"}`
  return {
    web1: [...UNIT, 'count: 2', env],
    web2: [...UNIT, 'count: 2', env],
    site: [...IMAGE, 'count: 2', env],
    dock: [...IMAGE, 'driver: docker', env],
    db: [...UNIT, 'exclusive: true', 'stop: {timeout: 2s}', env],
    // busybox httpd as a container's first process ignores SIGTERM.
    cell: [...IMAGE, 'exclusive: true', 'stop: {timeout: 1s}', env],
  }
}

/** One cluster, made anew for each fault. */
export class Stage {
  readonly project = new Project()
  loop: Running | null = null
  /** Where the exclusive unit runs: most faults befall this host. */
  home: LabHost = 'nuc1'
  /** Uptime at which the fault began, s. */
  begun = 0
  /** What a fault wants told of it. */
  notes: string[] = []
  /** What a fault found wrong by itself, as sentences. */
  faults: string[] = []
  /** Who leads when the fault begins; null: there is only one control machine. */
  leader: LabHost | null = null

  /** Applies all jobs, starts the loop, and waits until exclusive slots are armed and vantages proven. */
  async open({ fence = false } = {}): Promise<void> {
    await wipe()
    await placeWitness()
    if (fence) this.#fences()
    await this.make()
    this.loop = await this.project.loop()
    await this.armed()
    this.home = labHost((await only('db.0')).host)
    await this.project.proven()
    await sleep(1000)
  }

  /** All is as it was applied. Rejects where it does not come to that in time. */
  async settled(): Promise<void> {
    await this.project.converged(75)
  }

  /** Applies all jobs. */
  async make(): Promise<void> {
    this.write('first')
    const { code, stderr } = await this.project.apply()
    if (code !== 0) throw new Error(`the jobs could not be applied: ${stderr}`)
  }

  /** Waits until exclusive slots are armed. */
  async armed(): Promise<void> {
    await eventually('exclusive slots are armed', async () => {
      const words = [...(await onAll('ls /run/hc/words 2>/dev/null; :')).values()].join(' ')
      return EXCLUSIVE.every((slot) => words.includes(slot))
    })
  }

  /** Writes the files of the jobs. */
  write(mark: string): void {
    for (const [name, lines] of Object.entries(jobs(mark))) this.project.job(name, `${lines.join('\n')}\n`)
  }

  #fences(): void {
    this.project.write('power', powerDriver())
    chmodSync(this.project.path('power'), 0o755)
    this.project.editInventory((text) =>
      HOSTS.reduce(
        (all, host) => all.replace(`    ${host}:\n`, `    ${host}:\n      hc_fence: {command: [./power, ${host}]}\n`),
        text,
      ),
    )
  }

  /** The fault begins now. */
  mark(): void {
    this.begun = uptime()
  }

  /** Power cut of the control machine's program: kill -9. */
  async killLoop(): Promise<void> {
    await this.loop?.kill('SIGKILL')
    this.loop = null
  }

  async startLoop(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.loop = this.project.start(['reconcile', '--cron'], { env })
  }

  /** Ends the main process of a slot. */
  async killSlot(slot: string): Promise<void> {
    const { host } = await only(slot)
    await on(host, `kill -9 $(systemctl show -p MainPID --value hc-${slot}.service)`)
  }
}
