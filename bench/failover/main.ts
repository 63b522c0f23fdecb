// `npm run bench -- failover`: twelve services on three hosts, of which one is lost; by hc and by what a user would take instead.
import { messageOf } from '../../src/model/errors.js'
import { type Benchmark, table } from '../benchmark.js'
import { type Load, loadNow, surroundings } from '../document.js'
import { type Lab, openLab } from '../lab.js'
import { median, spread } from '../measure.js'
import type { Cluster } from '../peers/cluster.js'
import { EMPTY, lastLine, onAll, servicesOf, verb } from '../peers/ground.js'
import { HcCluster, type Phases } from '../peers/hc.js'
import { PacemakerCluster } from '../peers/pacemaker.js'
import { SwarmCluster } from '../peers/swarm.js'
import { type Found, partition, powerCut } from './rounds.js'

const ROUNDS = 3
const SERVICES = 12
/** Where no number of rounds is asked for, none but the first of each begins after so long, ms: all together take a quarter of an hour. */
const NO_MORE_AFTER_MS = 12 * 60_000

/** Settings of hc for those who want it faster than by default. */
export const TUNED = { hc_lost_after: '1s' }

/** All that was found of one cluster. */
export interface Results {
  readonly cuts: Found[]
  readonly partitions: Found[]
  /** Of hc, what the loop told of each power cut. */
  readonly phases: Phases[]
  /** Why there is nothing, or not all. */
  fault: string | null
}

const HEAD = [
  'what',
  'runs',
  'power cut: last service answers elsewhere after s, median (least to most)',
  'power on: twice at once, s',
  'settled after s',
  'cut from all: answers elsewhere after s',
  'twice at once while cut, s',
  'twice at once afterwards, s',
  'settled after s',
]

/** Figures of what came about, and how often something did not. */
export function figures(values: readonly (number | null)[]): string {
  const came = values.filter((value) => value !== null)
  const missing = values.length - came.length
  if (values.length === 0) return '-'
  const told = came.length === 1 ? (came[0] ?? 0).toFixed(1) : spread(came, 1)
  return [...(came.length > 0 ? [told] : []), ...(missing > 0 ? [`${missing} never`] : [])].join(', ')
}

/** A row of the table. */
export function failoverRow(name: string, { cuts, partitions, fault }: Results): readonly string[] {
  if (cuts.length === 0)
    return [name, '0', `not measured: ${fault ?? 'nothing was run'}`, ...HEAD.slice(3).map(() => '-')]
  const of = (found: readonly Found[], key: 'elsewhere' | 'twice' | 'twiceAfter' | 'settled') =>
    figures(found.map((one) => one[key]))
  return [
    name,
    `${cuts.length} + ${partitions.length}`,
    of(cuts, 'elsewhere'),
    of(cuts, 'twiceAfter'),
    of(cuts, 'settled'),
    of(partitions, 'elsewhere'),
    of(partitions, 'twice'),
    of(partitions, 'twiceAfter'),
    of(partitions, 'settled'),
  ]
}

const TEXT = `Twelve services (busybox httpd, 64 MB), four on each of three hosts of the lab; the host that is lost leads no others. It is gone from its
last answer on; a connection is tried every 20 ms to each of its services on each other host, from the control machine. "Twice": the longest time for which
two copies of one service ran at once, by the kernel's processes, looked at every 50 ms. "Settled": from power on, or from the end of the cut, until the last
copy began or ended. Runs: power cuts + cuts from all. A host that is cut runs on for 20 s or longer; an ordinary service runs twice for as long as that lasts by everybody's rules but
those of a quorum that stops the services of who has none.`

/** Where the time of hc goes, in a sentence; empty of none. */
export function phasesText(phases: readonly Phases[]): string {
  if (phases.length === 0) return ''
  const [silent, lost] = (['silent', 'lost'] as const).map((key) => median(phases.map((one) => one[key])).toFixed(1))
  return ` The end of a tick told after ${silent} s that the host is silent and after ${lost} s that it is lost (medians); such a tick has also started what was there.`
}

function clusters(): readonly Cluster[] {
  return [
    new HcCluster({
      name: 'defaults',
      about: 'hc: a loop with a tick per second on the control machine, services as systemd units.',
    }),
    new HcCluster({
      name: 'tuned',
      about: `hc tuned: ${Object.entries(TUNED)
        .map(([key, value]) => `\`${key}: ${value}\``)
        .join(', ')}.`,
      settings: TUNED,
    }),
    new SwarmCluster(false),
    new SwarmCluster(true),
    new PacemakerCluster(false),
    new PacemakerCluster(true),
  ]
}

/** All rounds of one cluster; what goes wrong is told and ends them. */
async function measure(
  lab: Lab,
  cluster: Cluster,
  more: (round: number) => boolean,
  results: Results,
  tell: (line: string) => void,
) {
  try {
    await onAll(lab, EMPTY)
    await cluster.up(lab)
    const setting = { lab, cluster, services: servicesOf(SERVICES) }
    for (let at = 0; more(at); at += 1) {
      const cut = await powerCut(setting)
      results.cuts.push(cut)
      if (cluster instanceof HcCluster) results.phases.push(cluster.phases(cut.at))
      tell(`${cluster.name}: power cut: ${JSON.stringify(cut)}`)
      if (at > 0 || !cluster.parts) continue
      const parted = await partition(setting)
      results.partitions.push(parted)
      tell(`${cluster.name}: cut from all: ${JSON.stringify(parted)}`)
    }
  } catch (error) {
    results.fault = lastLine(error)
    tell(`${cluster.name}: ${messageOf(error)}`)
  } finally {
    await verb(lab, 'heal', 'all').catch(() => {})
    for (const { name } of lab.hosts) await verb(lab, 'boot', name).catch(() => {})
    await cluster.down().catch((error: unknown) => tell(messageOf(error)))
    await onAll(lab, EMPTY).catch(() => {})
  }
}

/** `--only hc,swarm,pacemaker`: these; `--rounds N`; `--quick`: one round each. */
export const failover: Benchmark = async ({ quick, only, rounds, print, write }) => {
  const before = loadNow()
  const all = clusters().filter(({ kind }) => only === null || only.split(',').includes(kind))
  const found = new Map<Cluster, Results>()
  const end = performance.now() + NO_MORE_AFTER_MS
  const late = () => rounds === null && performance.now() > end
  const more = (at: number) => at === 0 || (at < (quick ? 1 : (rounds ?? ROUNDS)) && !late())
  const lab = await openLab()
  try {
    for (const cluster of all) {
      const results: Results = { cuts: [], partitions: [], phases: [], fault: null }
      found.set(cluster, results)
      await measure(lab, cluster, more, results, print)
      // What was measured is not lost where the next one fails.
      write('failover', partOf(found, before))
    }
  } finally {
    await lab.close()
  }
  print(`\n${partOf(found, before)}`)
}

function partOf(found: ReadonlyMap<Cluster, Results>, before: Load): string {
  const head =
    '## Failover\n\n`npm run build && npm run bench -- failover` (root, for the lab; `--rounds N`, `--only hc`).'
  const rows = [...found].map(([cluster, results]) => failoverRow(cluster.name, results))
  const faults = [...found].flatMap(([cluster, { fault, cuts }]) =>
    fault !== null && cuts.length > 0 ? [`${cluster.name} was not measured to the end: ${fault}`] : [],
  )
  const about = [...found].map(([cluster, { phases }]) => `${cluster.about}${phasesText(phases)}`)
  return `${head} ${surroundings(before)}\n\n${table([HEAD, ...rows])}\n\n${[TEXT, ...about, ...faults].join('\n\n')}`
}
