// Processes of the host under systemd, and units that are already there.
import { unitOfSlot } from '../model/names.js'
import { allocFolder } from '../remote/layout.js'
import type { Recipe } from '../remote/recipe.js'
import { addressLines } from './address.js'
import {
  allocationFiles,
  bootWaitLines,
  cpuWeight,
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
import { type Driver, majorVersion, type RecipeInput } from './driver.js'
import { environmentOf, ownVariables, substitute } from './environment.js'
import { runLines } from './runs.js'
import { commandLine, type Directives, plainValue, renderUnit, span, unitQuote } from './unit-file.js'

/** The first systemd with `LoadCredential=`. */
const CREDENTIALS_SINCE = 247

/** Runs a command of the host, or a unit that the host has. */
export const systemdDriver: Driver = {
  name: 'systemd',
  recipe: (input) =>
    input.applied.job.unit === null ? commandRecipe(input) : unitRecipe(input, input.applied.job.unit),
}

function resourceLines(input: RecipeInput): Directives {
  const { job } = input.applied
  const ceiling = memoryCeiling(job)
  const lines: [string, string][] = [['CPUWeight', String(cpuWeight(job.resources.cpu))]]
  if (ceiling !== null) lines.push(['MemoryMax', String(ceiling)])
  if (job.cpuMax !== null) lines.push(['CPUQuota', `${Math.max(1, Math.round(job.cpuMax / 10))}%`])
  return lines
}

/** Each part in quotes of its own: a colon within them would not divide. */
function bind(source: string, target: string): string {
  return `${unitQuote(source)}:${unitQuote(target)}`
}

/** Files and volumes by bind mounts of the unit's own; systemd makes the targets where they are missing. */
function mountLines(input: RecipeInput): Directives {
  const { job } = input.applied
  const files = job.files.map(({ target }, index): [string, string] => [
    'BindReadOnlyPaths',
    bind(filePath(input.placement.slot, index), target),
  ])
  const volumes = job.volumes.flatMap((volume): [string, string][] => {
    const source = volumePath(volume)
    if (source === volume.target && !volume.readOnly) return []
    return [[volume.readOnly ? 'BindReadOnlyPaths' : 'BindPaths', bind(source, volume.target)]]
  })
  return [...files, ...volumes]
}

function commandRecipe(input: RecipeInput): Recipe {
  const { applied, placement, contents } = input
  const { job } = applied
  const { slot } = placement
  const own = ownVariables(job, placement)
  const environment = environmentOf(job, placement, contents)
  const shared = sharedLines(job)
  const runs = runLines(input, unitOfSlot(slot))
  const address = addressLines(input)
  const secrets = Object.keys(contents.secrets).sort()
  const version = majorVersion(input.facts, 'systemd')
  const credentials = version !== null && version >= CREDENTIALS_SINCE ? secrets : []
  const command = (job.command ?? []).map((word) => substitute(word, own))
  const service: [string, string][] = [
    ...typeLine(input),
    ...(job.user === null ? [] : [['User', plainValue(job.user)] as const]),
    ...(job.workdir === null ? [] : [['WorkingDirectory', plainValue(job.workdir)] as const]),
    ...[...environment.open].map(([name, value]) => ['Environment', unitQuote(`${name}=${value}`)] as const),
    ...(environment.closed.size === 0 ? [] : [['EnvironmentFile', `${allocFolder(slot)}/env`] as const]),
    ...credentials.map((name) => ['LoadCredential', `${name}:${allocFolder(slot)}/credentials/${name}`] as const),
    ...bootWaitLines(input),
    ...shared.service,
    ...address.before,
    ...runs.before,
    ['ExecStart', commandLine(command)],
    ...address.after,
    ...runs.after,
    ...restartLines(job),
    ...stopLines(job),
    ...resourceLines(input),
    ...mountLines(input),
    ['SyslogIdentifier', `hc-${slot}`],
  ].map(([directive = '', value = '']) => [directive, value])
  const files = credentials.map((name) => ({
    path: `credentials/${name}`,
    mode: 0o600,
    bytes: contents.secrets[name] ?? new Uint8Array(),
  }))
  return {
    slot,
    driver: 'systemd',
    files: [...allocationFiles(input, environment), ...files],
    units: slotUnits(input, {
      Unit: [
        ...headerLines(input, null),
        ['After', 'network.target network-online.target'],
        ...shared.unit,
        ...limitLines(job),
      ],
      Service: service,
    }),
    ...startsOf(job, slot),
    folders: volumeFolders(job),
    target: null,
    stopTimeoutMs: job.stop.timeoutMs,
    warnings: [],
  }
}

/** The first systemd that takes `Restart=on-failure` in a unit of Type=oneshot, which a target may be. */
const ONESHOT_RESTART_SINCE = 244

/** `always` would be refused for a target of Type=oneshot; a crash and a kill are failures anyway. */
function targetRestartLines({ applied: { job }, facts }: RecipeInput): Directives {
  const version = majorVersion(facts, 'systemd')
  if (job.type === 'cron' || job.restart.attempts === 0) return []
  if (version !== null && version < ONESHOT_RESTART_SINCE) return []
  return [
    ['Restart', 'on-failure'],
    ['RestartSec', span(job.restart.delayMs)],
  ]
}

/**
 * A unit that is already there keeps its own file. hc's unit beside it carries the X-Hc- lines, starts it (`Requires=`)
 * and is enabled in its place; a drop-in in the target hands stop and restart on to it (`PartOf=`) and brings the job's
 * restart rule. Limits and the way it stops stay the target's own: hc's defaults must not cut a database short. Both
 * files go when the job goes, and the target is as it was.
 */
function unitRecipe(input: RecipeInput, target: string): Recipe {
  const { job } = input.applied
  const { slot } = input.placement
  const shared = sharedLines(job)
  const own = unitOfSlot(slot)
  const runs = runLines(input, target)
  const address = addressLines(input)
  const runsOn = job.type !== 'cron' && job.type !== 'batch'
  const service: Directives = [
    ['Type', 'oneshot'],
    ...(runsOn ? ([['RemainAfterExit', 'yes']] as const) : []),
    ...bootWaitLines(input),
    ['ExecStart', '/bin/true'],
  ]
  const dropIn = renderUnit({
    Unit: [...(runsOn ? ([['PartOf', own]] as const) : []), ...shared.unit, ...limitLines(job)],
    Service: [
      ...shared.service,
      ...address.before,
      ...runs.before,
      ...address.after,
      ...runs.after,
      ...targetRestartLines(input),
    ],
  })
  return {
    slot,
    driver: 'systemd',
    files: [],
    units: [
      ...slotUnits(input, {
        Unit: [...headerLines(input, target), ['Requires', plainValue(target)], ['After', plainValue(target)]],
        Service: service,
      }),
      { path: `${target}.d/hc-${slot}.conf`, text: dropIn },
    ],
    ...startsOf(job, slot),
    folders: [],
    target,
    stopTimeoutMs: job.stop.timeoutMs,
    warnings: [],
  }
}
