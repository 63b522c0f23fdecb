// Images of the jobs to be applied: tags become digests, and every host that may run a job gets its image beforehand.
import type { Host, HostFacts } from '../model/host.js'
import type { AppliedJob, Job } from '../model/job.js'
import { byName, type HostName, type JobName, type Millis } from '../model/names.js'
import type { PlanView, Progress } from '../model/views.js'
import type { Transport } from '../ports.js'
import {
  type ImageFacts,
  type ImageWish,
  imageName,
  imagesScript,
  imagesTimeoutMs,
  parseImages,
} from '../remote/images.js'

/** How long one image may take to be fetched, ms. */
const PULL_MS: Millis = 600_000

/** A host that could run containers now. */
export interface ImageHost {
  readonly host: Host
  readonly facts: HostFacts
}

/** What is asked. */
export interface ImagesInput {
  readonly jobs: readonly Job[]
  /** As applied before: a tag that is not to be pulled again keeps its digest. */
  readonly before: Readonly<Record<JobName, AppliedJob>>
  readonly hosts: readonly ImageHost[]
  /** Fetch what is missing; else only look. */
  readonly pull: boolean
  /** Look up what each tag stands for now, whatever the job says of that; local images by what the hosts have. */
  readonly fresh?: boolean
}

/** One job's image. */
export interface ResolvedImage {
  /** What the job is pinned to; null: no host has it. */
  readonly ref: string | null
  /** Hosts that can't have it, with the reason. */
  readonly lackingOn: Readonly<Record<HostName, string>>
}

/** All jobs' images. */
export interface ResolvedImages {
  readonly byJob: ReadonlyMap<JobName, ResolvedImage>
  /** Where something is missing, for the plan. */
  readonly images: PlanView['images']
  readonly warnings: readonly string[]
}

type Engine = ImageWish['driver']
type Answers = ReadonlyMap<HostName, readonly ImageFacts[]>

/** Asks all hosts at once, at most twice: by tag, and by digest where hosts differ. Systemd jobs cost nothing. */
export async function resolveImages(
  input: ImagesInput,
  doors: { readonly transport: Transport; onProgress(progress: Progress): void },
): Promise<ResolvedImages> {
  const containers = input.jobs.filter((job) => job.driver !== 'systemd' && job.image !== null)
  if (containers.length === 0) return { byJob: new Map(), images: [], warnings: [] }
  const byTag = await ask(
    containers.map((job) => wishFor(job, input, job.image ?? '')),
    input.hosts,
    doors,
  )
  const pins = new Map(containers.map((job) => [job.name, pinOf(job, input, byTag)]))
  const byPin = await ask(
    containers.flatMap((job) => {
      const pin = pins.get(job.name)
      return pin ? [wishFor(job, input, pin)] : []
    }),
    input.hosts,
    doors,
  )
  const byJob = new Map<JobName, ResolvedImage>()
  const images: PlanView['images'][number][] = []
  const warnings: string[] = []
  for (const job of containers) {
    const ref = pins.get(job.name) ?? null
    const lackingOn: Record<HostName, string> = {}
    for (const { host, facts } of input.hosts) {
      if (!facts.drivers[driverOf(job)]) continue
      const found = ref === null ? null : find(byPin, host.name, driverOf(job), ref)
      if (found?.present) continue
      const said = found?.error ?? find(byTag, host.name, driverOf(job), job.image ?? '')?.error ?? 'it did not answer'
      const why = isLocal(job.image ?? '') ? 'no registry has it: build it there, or load it' : said
      const willBePulled = !input.pull && job.pull !== 'never' && !isLocal(job.image ?? '')
      if (!willBePulled) lackingOn[host.name] = why
      images.push({
        image: job.image ?? '',
        host: host.name,
        state: willBePulled ? 'will be pulled' : `missing: ${why}`,
      })
    }
    byJob.set(job.name, { ref, lackingOn })
    if (ref === null && input.pull)
      warnings.push(`${job.name}: no host has the image ${job.image}, nor could one pull it`)
  }
  return { byJob, images: unique(images), warnings }
}

function driverOf(job: Job): Engine {
  return job.driver === 'docker' ? 'docker' : 'podman'
}

/** An image that was built on the hosts: no registry has it. */
function isLocal(image: string): boolean {
  return imageName(image).startsWith('localhost/')
}

function wishFor(job: Job, { pull, fresh = false }: ImagesInput, ref: string): ImageWish {
  const byId = ref.startsWith('sha256:')
  const tag = fresh && job.pull !== 'never' ? 'always' : job.pull
  const how =
    !pull || byId || isLocal(ref) ? 'never' : ref === job.image ? tag : job.pull === 'never' ? 'never' : 'missing'
  return { driver: driverOf(job), ref, pull: how }
}

async function ask(
  wishes: readonly ImageWish[],
  hosts: readonly ImageHost[],
  { transport, onProgress }: { readonly transport: Transport; onProgress(progress: Progress): void },
): Promise<Answers> {
  const distinct = [...new Map(wishes.map((wish) => [`${wish.driver} ${wish.ref}`, wish])).values()]
  const answers = new Map<HostName, readonly ImageFacts[]>()
  if (distinct.some(({ pull }) => pull !== 'never')) onProgress({ kind: 'phase', text: 'getting images' })
  await Promise.all(
    hosts.map(async ({ host, facts }) => {
      const mine = distinct.filter(({ driver }) => facts.drivers[driver] !== undefined)
      if (mine.length === 0) return
      const result = await transport.run(host, {
        script: imagesScript(mine, PULL_MS),
        lane: 'act',
        timeoutMs: imagesTimeoutMs(mine, PULL_MS),
      })
      if (result.ok) answers.set(host.name, parseImages(result.output, mine))
    }),
  )
  return answers
}

function find(answers: Answers, host: HostName, driver: Engine, ref: string): ImageFacts | undefined {
  return answers.get(host)?.find((facts) => facts.driver === driver && facts.ref === ref)
}

/**
 * What a tag stands for: what it stood for when the job was applied last, where that is not to be looked up again and a
 * host still has it under this name, or where no host can tell (none was reached, a disk is full): that is no change of
 * the job. Else what most hosts have, and of equals the first by name.
 */
function pinOf(job: Job, { before, hosts, fresh = false }: ImagesInput, answers: Answers): string | null {
  const votes = new Map<string, number>()
  for (const name of hosts.map(({ host }) => host.name).sort(byName)) {
    const resolved = find(answers, name, driverOf(job), job.image ?? '')?.resolved
    if (resolved) votes.set(resolved, (votes.get(resolved) ?? 0) + 1)
  }
  const old = before[job.name]
  if (old && old.imageRef !== null && old.job.image === job.image && old.job.driver === job.driver) {
    if (votes.size === 0 || (job.pull !== 'always' && !fresh && votes.has(old.imageRef))) return old.imageRef
  }
  const [best] = [...votes].sort(([, a], [, b]) => b - a)
  return best?.[0] ?? null
}

function unique(images: PlanView['images']): PlanView['images'] {
  return [...new Map(images.map((image) => [`${image.image} ${image.host}`, image])).values()]
}
