// Jobs and placements for tests of drivers, with every default filled in.
import type { RecipeInput, Rendering } from '../../src/drivers/driver.js'
import type { Job } from '../../src/model/job.js'
import type { Recipe } from '../../src/remote/recipe.js'

const DEFAULTS: Job = {
  name: 'web',
  type: 'service',
  count: 1,
  driver: 'systemd',
  image: null,
  pull: 'missing',
  command: null,
  container: null,
  unit: null,
  user: null,
  workdir: null,
  env: {},
  envFiles: [],
  secrets: {},
  files: [],
  resources: { cpu: 100, memory: 134_217_728, disk: 0, devices: {} },
  cpuMax: null,
  memoryMax: null,
  ports: {},
  volumes: [],
  constraints: [],
  affinity: [],
  spread: null,
  maxPerHost: null,
  distinct: null,
  conflictGroup: null,
  conflicts: [],
  with: [],
  priority: 50,
  exclusive: false,
  address: null,
  restart: { attempts: 10, windowMs: 300_000, delayMs: 200 },
  reschedule: { delayMs: 5000, maxDelayMs: 3_600_000, attempts: null },
  onHostLoss: 'move',
  failback: 'stay',
  health: null,
  update: { maxParallel: 1, order: 'stop-first', canary: 0, healthyDeadlineMs: 300_000, autoRevert: true },
  dependsOn: [],
  schedule: null,
  timezone: null,
  overlap: 'forbid',
  catchUp: 'none',
  rerun: false,
  stop: { signal: 'SIGTERM', timeoutMs: 5000 },
  systemd: {},
}

/** Facts of a host with everything. */
export const FACTS: Rendering = {
  cgroup: 2,
  drivers: { systemd: '252', podman: '4.3.1', docker: '20.10.24' },
  containerInit: { docker: '/usr/bin/docker-init' },
}

/** What differs from the defaults. */
export interface Wish {
  readonly job?: Partial<Job>
  readonly facts?: Partial<Rendering>
  /** Text by source path. */
  readonly files?: Readonly<Record<string, string>>
  readonly envFiles?: readonly string[]
  readonly secrets?: Readonly<Record<string, string>>
  readonly imageRef?: string
  readonly place?: string
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const each = (texts: Readonly<Record<string, string>> = {}): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, bytes(text)]))

export function inputOf(wish: Wish): RecipeInput {
  const job: Job = { ...DEFAULTS, ...wish.job }
  const ports = Object.fromEntries(Object.entries(job.ports).map(([name, { host }], at) => [name, host ?? 20_000 + at]))
  return {
    applied: {
      job,
      version: 4,
      hash: 'h4sh',
      imageRef: wish.imageRef ?? job.image,
      fileHashes: {},
      appliedAt: '2026-01-01T00:00:00Z',
      folder: '/srv/cluster/jobs',
      stopped: false,
      generation: 2,
      lackingOn: {},
    },
    placement: {
      slot: `${job.name}.${wish.place ?? '0'}`,
      host: 'nuc1',
      number: 7,
      version: 4,
      hash: 'h4sh',
      generation: 2,
      ports,
      since: '2026-01-01T00:00:00Z',
      completed: false,
    },
    host: 'nuc1',
    cluster: 'c1u5ter',
    bootWaitMs: 20_000,
    term: { number: 3, owner: 'me' },
    facts: { ...FACTS, ...wish.facts },
    contents: { files: each(wish.files), envFiles: (wish.envFiles ?? []).map(bytes), secrets: each(wish.secrets) },
  }
}

/** A recipe as text, for golden files. */
export function recipeText(recipe: Recipe): string {
  const { slot, driver, start, links, folders, target, stopTimeoutMs, warnings, units, files } = recipe
  const head = { slot, driver, start, links, folders, target, stopTimeoutMs, warnings }
  const decoder = new TextDecoder()
  return [
    ...Object.entries(head).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    ...files.map((file) => `--- file ${file.path} ${file.mode.toString(8)}\n${decoder.decode(file.bytes)}`),
    ...units.map((unit) => `--- unit ${unit.path}\n${unit.text}`),
  ].join('\n')
}
