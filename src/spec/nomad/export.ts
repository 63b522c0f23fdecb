// A job of hc as one of Nomad, with what has no counterpart there.
import type { ExportRemark } from '../../model/export.js'
import { isContainer, type Job } from '../../model/job.js'
import { labelsOf, placement } from './hosts.js'
import { absent, health, periodic, retries, update } from './life.js'
import { block, Remarks } from './remarks.js'
import type { NomadBlock } from './structs.js'
import { type FileReader, taskOf } from './task.js'

const MIB = 1024 * 1024

/** What became of a job. */
export interface NomadExport {
  /** The struct Job of Nomad's API; null: it can't be one. */
  readonly job: NomadBlock | null
  readonly remarks: readonly ExportRemark[]
}

/** Translates. `readFile` gives the contents of the job's files. */
export function exportNomad(job: Job, readFile: FileReader): NomadExport {
  const remarks = new Remarks(job.name)
  if (job.unit !== null) {
    remarks.leftOut(
      'unit',
      `${job.unit} is systemd's own, and Nomad runs no units: the job is left out`,
      'write what the unit runs as command',
    )
    return { job: null, remarks: remarks.all }
  }
  const { task, volumes } = taskOf(job, readFile, remarks)
  const group = block({
    Name: job.name,
    Count: job.type === 'system' ? undefined : job.type === 'cron' ? 1 : job.count,
    PreventRescheduleOnLost: stays(job) ? true : undefined,
    Networks: networks(job),
    Volumes: volumes,
    EphemeralDisk: job.resources.disk > 0 ? { SizeMB: Math.ceil(job.resources.disk / MIB) } : {},
    ...retries(job, remarks),
    ...update(job, remarks),
    ...health(job, remarks),
    Tasks: [task],
  })
  absent(job, remarks)
  const labels = labelsOf(job)
  if (labels.length > 0) {
    const metas = labels.map((label) => `"${label}" = "..."`).join(', ')
    remarks.differs(
      'constraints',
      `labels of hosts are meta of clients: ${labels.join(', ')}`,
      `meta = { ${metas} } in the client's configuration`,
    )
  }
  if (job.count === 0 && job.type !== 'system') remarks.differs('count', '0: nothing runs')
  const made = block({
    ID: job.name,
    Name: job.name,
    Type: job.type === 'cron' ? 'batch' : job.type,
    Priority: Math.max(1, job.priority),
    Datacenters: ['*'],
    ...placement(job, remarks),
    ...periodic(job, remarks),
    TaskGroups: [group],
  })
  if (job.priority < 1) remarks.differs('priority', 'is 1: Nomad takes no less')
  return { job: made, remarks: remarks.all }
}

/** Does nothing take its place where its host is lost? */
function stays(job: Job): boolean {
  if (job.type === 'system') return false
  return job.type === 'service' ? job.onHostLoss === 'wait' : !job.rerun
}

function networks(job: Job): readonly NomadBlock[] {
  const named = Object.entries(job.ports).map(([Label, { host, container }]) => {
    const inside = isContainer(job) ? (container ?? host ?? undefined) : undefined
    return block({ Label, Value: host ?? undefined, To: inside })
  })
  const fixed = named.filter((port) => port.Value !== undefined)
  const dynamic = named.filter((port) => port.Value === undefined)
  return named.length === 0 ? [] : [block({ ReservedPorts: fixed, DynamicPorts: dynamic })]
}
