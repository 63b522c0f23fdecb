// What a snapshot says in numbers: one table, from which the metrics and their documentation are made. Labels are names of the
// inventory, of applied jobs and of closed lists: nothing that a host prints becomes one.
import { VERDICTS } from '../../model/observation.js'
import type { Resources } from '../../model/resources.js'
import type { AllocationState, AllocationView, HostView, JobView, LiveView } from '../../model/views.js'

/** The values of the labels, in their order, and the number. */
export type Row = readonly [labels: readonly string[], value: number]

/** One metric of a snapshot. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** It only rises, but for a new beginning. Absent: it goes up and down. */
  readonly counter?: true
  /** Its rows. What is not known has none. */
  rows(view: LiveView): readonly Row[]
}

const STATES: Readonly<Record<AllocationState, true>> = {
  pending: true,
  starting: true,
  running: true,
  stopping: true,
  failed: true,
  complete: true,
  scheduled: true,
  stopped: true,
  unknown: true,
}

function whole(name: string, help: string, value: (view: LiveView) => number | null): Family {
  return {
    name,
    help,
    labels: [],
    rows: (view) => {
      const number = value(view)
      return number === null ? [] : [[[], number]]
    },
  }
}

function ofHosts(name: string, help: string, value: (host: HostView, view: LiveView) => number | null): Family {
  return {
    name,
    help,
    labels: ['host'],
    rows: (view) => view.hosts.flatMap((host) => row([host.name], value(host, view))),
  }
}

function ofJobs(name: string, help: string, value: (job: JobView) => number): Family {
  return { name, help, labels: ['job'], rows: ({ jobs }) => jobs.map((job) => [[job.name], value(job)]) }
}

function ofAllocations(name: string, help: string, value: (allocation: AllocationView) => number | null): Family {
  return {
    name,
    help,
    labels: ['job', 'slot', 'host'],
    rows: ({ allocations }) =>
      allocations.flatMap((each) => (each.host === null ? [] : row([each.job, each.slot, each.host], value(each)))),
  }
}

function row(labels: readonly string[], value: number | null): readonly Row[] {
  return value === null ? [] : [[labels, value]]
}

const yes = (is: boolean) => (is ? 1 : 0)

function seconds(time: string | null): number | null {
  const at = time === null ? Number.NaN : Date.parse(time)
  return Number.isNaN(at) ? null : at / 1000
}

/** The three amounts of a host, each by its resource and in its base unit. */
function amounts(kind: string, help: string, pick: (host: HostView) => Resources | null): readonly Family[] {
  const of = (value: (amount: Resources) => number) => (host: HostView) => {
    const amount = pick(host)
    return amount === null ? null : value(amount)
  }
  return [
    ofHosts(
      `hc_host_cpu_${kind}_cores`,
      `Processor cores ${help}.`,
      of(({ cpu }) => cpu / 1000),
    ),
    ofHosts(
      `hc_host_memory_${kind}_bytes`,
      `Memory ${help}.`,
      of(({ memory }) => memory),
    ),
    ofHosts(
      `hc_host_disk_${kind}_bytes`,
      `Disk ${help}.`,
      of(({ disk }) => disk),
    ),
  ]
}

function states({ jobs, allocations }: LiveView): readonly Row[] {
  const totals = new Map<string, number>()
  for (const { job, state } of allocations) totals.set(`${job} ${state}`, (totals.get(`${job} ${state}`) ?? 0) + 1)
  return jobs.flatMap(({ name }) =>
    Object.keys(STATES).map((state): Row => [[name, state], totals.get(`${name} ${state}`) ?? 0]),
  )
}

/** All metrics that are read off a snapshot. */
export const FAMILIES: readonly Family[] = [
  ofHosts('hc_host_up', '1 while the host answers (verdict ready), else 0.', ({ verdict }) => yes(verdict === 'ready')),
  {
    name: 'hc_host_verdict',
    help: '1 for what is believed of the host, 0 for the other verdicts.',
    labels: ['host', 'verdict'],
    rows: ({ hosts }) =>
      hosts.flatMap(({ name, verdict }) => VERDICTS.map((each): Row => [[name, each], yes(each === verdict)])),
  },
  ofHosts(
    'hc_host_cordoned',
    "1 while the host takes no new slots by an operator's word (cordoned or draining).",
    (host) => yes(host.cordoned || host.draining),
  ),
  ofHosts('hc_host_last_contact_timestamp_seconds', 'When the host was heard last, Unix time.', ({ lastContact }) =>
    seconds(lastContact),
  ),
  ofHosts('hc_host_boot_time_seconds', 'When the host was started, by its own account, Unix time.', ({ bootedAt }) =>
    seconds(bootedAt),
  ),
  ofHosts(
    'hc_host_loss_survived',
    '1 where all that may move would have a place if this host were lost, 0 where not.',
    (host, view) => {
      const ok = view.survives?.[host.name]?.ok ?? null
      return ok === null ? null : yes(ok)
    },
  ),
  ...amounts('capacity', 'that jobs may use in all', ({ capacity }) => capacity),
  ...amounts('reserved', 'that slots reserve', ({ reserved }) => reserved),
  ...amounts('used', 'really used, by whomever', ({ used }) => used),
  ofJobs('hc_job_wanted_slots', 'Slots that the job wants to run.', ({ wanted }) => wanted),
  ofJobs('hc_job_running_slots', 'Slots of the job that run.', ({ running }) => running),
  ofJobs('hc_job_healthy_slots', 'Slots of the job that run and are healthy.', ({ healthy }) => healthy),
  ofJobs('hc_job_version', 'Version of the job that is applied.', ({ version }) => version),
  { name: 'hc_allocations', help: 'Allocations of the job by state.', labels: ['job', 'state'], rows: states },
  ofAllocations(
    'hc_allocation_healthy',
    '1 while its health check passes, 0 while it fails; absent without one.',
    ({ healthy }) => (healthy === null ? null : yes(healthy)),
  ),
  {
    ...ofAllocations(
      'hc_allocation_restarts_total',
      'Restarts by systemd since it was started on this host.',
      ({ restarts }) => restarts,
    ),
    counter: true,
  },
  ofAllocations('hc_allocation_memory_bytes', 'Memory that it uses, file cache included.', ({ memory }) => memory),
  ofAllocations('hc_allocation_cpu_cores', 'Processor cores that it used between the last two looks.', ({ cpu }) =>
    cpu === null ? null : cpu / 1000,
  ),
  whole('hc_unplaced_slots', 'Slots that no host can take.', ({ unplaced }) => unplaced.length),
  whole('hc_waiting_slots', 'Slots that wait for something.', ({ waiting }) => waiting.length),
  whole(
    'hc_unclaimed_units',
    'Units of hc on hosts that the store knows nothing of.',
    ({ unclaimed }) => unclaimed.length,
  ),
  whole('hc_converged', '1 while all is as it was applied, else 0.', ({ converged }) => yes(converged)),
  whole(
    'hc_inventory_faulty',
    '1 while the inventory is faulty and its last good version is in force.',
    ({ inventoryFault }) => yes(typeof inventoryFault === 'string'),
  ),
  whole('hc_last_tick_timestamp_seconds', 'When the loop ended its last tick, Unix time.', ({ loop }) =>
    seconds(loop.lastTick),
  ),
]
