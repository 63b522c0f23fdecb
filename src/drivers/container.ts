// Containers: the engine's client in the foreground of a unit, so that systemd restarts, reports and logs them.
import { UserError } from '../model/errors.js'
import type { FileMount, Job, Volume } from '../model/job.js'
import { byName, unitOfSlot } from '../model/names.js'
import { allocFolder, CLUSTER_LABEL, containerName, SLOT_LABEL } from '../remote/layout.js'
import type { Recipe, RecipeFile } from '../remote/recipe.js'
import { addressLines } from './address.js'
import {
  allocationFiles,
  bootWaitLines,
  cpuShares,
  filePath,
  headerLines,
  limitLines,
  memoryCeiling,
  restartLines,
  sharedLines,
  slotUnits,
  startsOf,
  stopLines,
  typeLine,
  volumeFolders,
  volumePath,
} from './allocation.js'
import type { RecipeInput } from './driver.js'
import { type Environment, environmentOf, hostPort, ownVariables, substitute } from './environment.js'
import { runLines } from './runs.js'
import { commandLine, type Directives } from './unit-file.js'

/** What sets one engine apart from the other. */
export interface Engine {
  readonly name: 'podman' | 'docker'
  /** Arguments of `run` that only this engine knows or needs. */
  readonly runOptions: readonly string[]
  /** Clears a container of that name away before a start; null where `run` does it. */
  readonly clear: readonly string[] | null
  /** Removes the container by force, at once. */
  readonly remove: readonly string[]
  /** Lines of [Unit]. */
  readonly unit: Directives
}

/** Names that would change how the engine's client itself works, were they in its environment. */
const CLIENT_NAMES =
  /^(?:PATH|HOME|TMPDIR|LD_.*|XDG_.*|DOCKER_.*|CONTAINERS?_.*|REGISTRY_.*|STORAGE_.*|NOTIFY_SOCKET|GO(?:DEBUG|MAXPROCS|TRACEBACK))$/

const ENGINE_FILE = 'engine-env'

/**
 * Secrets and env files never stand in argv: the client has them in its own environment, from a file with mode 0600, and
 * `--env NAME` hands them on; so do values of many lines arrive whole. Names that steer the client go by its --env-file.
 */
function environmentOptions(slot: string, { open, closed }: Environment): string[] {
  const steering = [...closed.keys()].some((name) => CLIENT_NAMES.test(name))
  return [
    ...[...open].flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...[...closed.keys()].filter((name) => !CLIENT_NAMES.test(name)).flatMap((name) => ['--env', name]),
    ...(steering ? ['--env-file', `${allocFolder(slot)}/${ENGINE_FILE}`] : []),
  ]
}

function divide(closed: ReadonlyMap<string, string>): { client: Map<string, string>; engineFile: string } {
  const client = new Map<string, string>()
  let engineFile = ''
  for (const [name, value] of closed) {
    if (!CLIENT_NAMES.test(name)) client.set(name, value)
    else if (/[\r\n]/.test(value)) {
      throw new UserError(
        `the variable ${name} has more than one line, and a container cannot be given that under this name`,
        {
          hint: 'choose another name, or bring it as a file with files:',
        },
      )
    } else engineFile += `${name}=${value}\n`
  }
  return { client, engineFile }
}

function bind(source: string, target: string, readOnly: boolean): string[] {
  return ['--mount', `type=bind,source=${source},target=${target}${readOnly ? ',readonly' : ''}`]
}

/** Ports are published by TCP and UDP alike: a job file names numbers, and a name server needs both. */
function portOptions({ applied, placement }: RecipeInput): string[] {
  if (applied.job.container?.network === 'host') return []
  return Object.keys(applied.job.ports)
    .sort(byName)
    .flatMap((name) => {
      const host = hostPort(applied.job, placement, name)
      const inside = applied.job.ports[name]?.container ?? host
      return ['--publish', `${host}:${inside}/tcp`, '--publish', `${host}:${inside}/udp`]
    })
}

function limitOptions({ applied: { job } }: RecipeInput): string[] {
  const ceiling = memoryCeiling(job)
  return [
    '--cpu-shares',
    String(cpuShares(job.resources.cpu)),
    ...(ceiling === null ? [] : ['--memory', `${ceiling}b`]),
    ...(job.cpuMax === null ? [] : ['--cpus', String(job.cpuMax / 1000)]),
  ]
}

/** What the job asks for beside: podman and docker call it the same. The rest of an entrypoint comes before the command. */
function extraOptions({ container }: Job): string[] {
  if (!container) return []
  const each = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value])
  return [
    ...(container.network === 'host' ? ['--network', 'host'] : []),
    ...(container.entrypoint === null ? [] : ['--entrypoint', container.entrypoint[0] ?? '']),
    ...each('--device', container.devices),
    ...each('--cap-drop', container.capDrop),
    ...each('--cap-add', container.capAdd),
    ...each('--group-add', container.groupAdd),
    ...each('--tmpfs', container.tmpfs),
    ...(container.readOnly ? ['--read-only'] : []),
    ...(container.shmSize === null ? [] : ['--shm-size', `${container.shmSize}b`]),
    ...(container.privileged ? ['--privileged'] : []),
  ]
}

function runCommand(input: RecipeInput, engine: Engine, environment: Environment): string[] {
  const { applied, placement } = input
  const { job } = applied
  const own = ownVariables(job, placement)
  const seconds = String(Math.max(1, Math.ceil(job.stop.timeoutMs / 1000)))
  return [
    engine.name,
    'run',
    '--rm',
    '--name',
    containerName(placement.slot),
    ...engine.runOptions,
    '--pull=never',
    '--label',
    `${SLOT_LABEL}=${placement.slot}`,
    '--label',
    `${CLUSTER_LABEL}=${input.cluster}`,
    '--stop-signal',
    job.stop.signal,
    '--stop-timeout',
    seconds,
    ...limitOptions(input),
    ...portOptions(input),
    ...extraOptions(job),
    ...(job.user === null ? [] : ['--user', job.user]),
    ...(job.workdir === null ? [] : ['--workdir', job.workdir]),
    ...environmentOptions(placement.slot, environment),
    ...job.files.flatMap(({ target }: FileMount, index) => bind(filePath(placement.slot, index), target, true)),
    ...job.volumes.flatMap((volume: Volume) => bind(volumePath(volume), volume.target, volume.readOnly)),
    applied.imageRef ?? job.image ?? '',
    ...[...(job.container?.entrypoint?.slice(1) ?? []), ...(job.command ?? [])].map((word) => substitute(word, own)),
  ]
}

/** The recipe of a container. The client passes the stop signal on; what it leaves behind is removed after its end. */
export function containerRecipe(input: RecipeInput, engine: Engine): Recipe {
  const { applied, placement, contents } = input
  const { job } = applied
  const { slot } = placement
  const environment = environmentOf(job, placement, contents)
  const { client, engineFile } = divide(environment.closed)
  const shared = sharedLines(job)
  const runs = runLines(input, unitOfSlot(slot))
  const address = addressLines(input)
  const clientFiles = allocationFiles(input, { open: environment.open, closed: client })
  const files: RecipeFile[] =
    engineFile === ''
      ? clientFiles
      : [...clientFiles, { path: ENGINE_FILE, mode: 0o600, bytes: new TextEncoder().encode(engineFile) }]
  return {
    slot,
    driver: engine.name,
    files,
    units: slotUnits(input, {
      Unit: [
        ...headerLines(input, null),
        ['After', 'network.target network-online.target'],
        ...engine.unit,
        ...shared.unit,
        ...limitLines(job),
      ],
      Service: [
        ...typeLine(input),
        ...(client.size === 0 ? [] : ([['EnvironmentFile', `${allocFolder(slot)}/env`]] as const)),
        ...bootWaitLines(input),
        ...shared.service,
        ...address.before,
        ...(engine.clear === null
          ? []
          : ([['ExecStartPre', commandLine([...engine.clear, containerName(slot)], '-')]] as const)),
        ...runs.before,
        ['ExecStart', commandLine(runCommand(input, engine, environment))],
        ['ExecStopPost', commandLine([...engine.remove, containerName(slot)], '-')],
        ...address.after,
        ...runs.after,
        // The signal is for the client alone, which hands it on; the rest is killed when the time is up.
        ['KillMode', 'mixed'],
        ...restartLines(job),
        ...stopLines(job),
        ['SyslogIdentifier', `hc-${slot}`],
      ],
    }),
    ...startsOf(job, slot),
    folders: volumeFolders(job),
    target: null,
    stopTimeoutMs: job.stop.timeoutMs,
    warnings: [],
  }
}
