// The small clusters whose exact answer is known, one per line of a file, as scenarios of `hc simulate --input`.

const MIB = 1024 * 1024

/** Amounts: millicores, MiB, MiB, whole devices. */
interface Amounts {
  readonly cpu: number
  readonly mem: number
  readonly disk: number
  readonly gpu: number
}

/** A host of an instance. */
export interface InstanceHost extends Amounts {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
}

/** A task of an instance. */
export interface InstanceTask extends Amounts {
  readonly id: string
  /** Two tasks with the same value may not share a host. */
  readonly anti?: string
  readonly ports?: readonly number[]
  /** Labels that the host must have. */
  readonly require?: Readonly<Record<string, string>>
}

/** A cluster with its exact answer; with `initial`, one that loses the host `dead`. */
export interface Instance {
  readonly id: string
  readonly family: string
  readonly hosts: readonly InstanceHost[]
  readonly tasks: readonly InstanceTask[]
  /** Is there a place for every task (after a loss: on the hosts that are left, where all may move)? */
  readonly feasible: boolean
  /** Task -> host. */
  readonly initial?: Readonly<Record<string, string>>
  readonly dead?: string
  /** The fewest tasks on hosts that are left which have to move; null: not feasible. */
  readonly minMoves?: number | null
}

/** A scenario as JSON; see docs of `hc simulate`. Bare numbers are cores and bytes. */
export interface ScenarioJson {
  readonly hosts: Readonly<
    Record<string, { readonly capacity: AmountsJson; readonly labels?: Readonly<Record<string, string>> }>
  >
  readonly jobs: readonly JobJson[]
  readonly running?: readonly { readonly slot: string; readonly host: string }[]
  readonly lose?: readonly string[]
}

/** Quantities as in job files. */
export type Quantity = number | string

/** Amounts as in job files. */
export interface AmountsJson {
  readonly cpu?: Quantity
  readonly memory?: Quantity
  readonly disk?: Quantity
  readonly devices?: Readonly<Record<string, number>>
}

/** The fields of a job that placement goes by. */
export interface JobJson {
  readonly name: string
  readonly type?: string
  readonly count?: number
  readonly resources?: AmountsJson
  readonly ports?: Readonly<Record<string, number | 'auto' | { readonly host?: number | 'auto' }>>
  readonly constraints?: readonly string[]
  readonly conflict_group?: string
  readonly conflicts?: readonly string[]
  readonly with?: readonly string[]
  readonly max_per_host?: number
  readonly distinct?: string
  readonly priority?: number
  readonly volumes?: readonly { readonly source: string; readonly target: string; readonly shared?: boolean }[]
  readonly on_host_loss?: string
  readonly exclusive?: boolean
}

function amounts({ cpu, mem, disk, gpu }: Amounts): AmountsJson {
  const devices = gpu > 0 ? { devices: { gpu } } : {}
  return { cpu: cpu / 1000, memory: mem * MIB, disk: disk * MIB, ...devices }
}

function jobOf(name: string, count: number, task: InstanceTask): JobJson {
  const ports = (task.ports ?? []).map((port) => [`p${port}`, port] as const)
  const constraints = Object.entries(task.require ?? {}).map(([label, value]) => `labels.${label} == ${value}`)
  return {
    name,
    ...(count === 1 ? {} : { count }),
    resources: amounts(task),
    ...(task.anti === undefined ? {} : { conflict_group: task.anti }),
    ...(ports.length === 0 ? {} : { ports: Object.fromEntries(ports) }),
    ...(constraints.length === 0 ? {} : { constraints }),
  }
}

/** Alike in all that placement goes by. */
function kindOf({ id: _, ...rest }: InstanceTask): string {
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Tasks that are alike, in the order in which the first of each kind stands. */
function kinds(tasks: readonly InstanceTask[]): readonly (readonly InstanceTask[])[] {
  const found = new Map<string, InstanceTask[]>()
  for (const task of tasks) {
    const kind = kindOf(task)
    const list = found.get(kind)
    if (list === undefined) found.set(kind, [task])
    else list.push(task)
  }
  return [...found.values()]
}

/** One job per task, or, `grouped`, one job with a count per kind of task. */
export function scenarioOf(instance: Instance, grouped: boolean): ScenarioJson {
  const { hosts, tasks, initial, dead } = instance
  const name = (id: string) => id.replaceAll('.', '-')
  const groups = grouped ? kinds(tasks) : tasks.map((task) => [task])
  const slots = groups.flatMap((group) =>
    group.map((task, at) => ({ task: task.id, slot: `${name(group[0]?.id ?? '')}.${at}` })),
  )
  return {
    hosts: Object.fromEntries(hosts.map((host) => [host.id, { capacity: amounts(host), labels: host.labels }])),
    jobs: groups.flatMap((group) => (group[0] === undefined ? [] : [jobOf(name(group[0].id), group.length, group[0])])),
    ...(initial === undefined ? {} : { running: slots.map(({ task, slot }) => ({ slot, host: initial[task] ?? '' })) }),
    ...(dead === undefined ? {} : { lose: [dead] }),
  }
}

/** The instances of a file's text. */
export function instancesIn(text: string): readonly Instance[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Instance => JSON.parse(line))
}
