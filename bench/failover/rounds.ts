// One power cut with the return of the host, and one partition, of whatever keeps the services.
import net from 'node:net'
import { basename } from 'node:path'
import type { Lab } from '../lab.js'
import type { Cluster } from '../peers/cluster.js'
import { type Service, sleep, until, verb } from '../peers/ground.js'
import { Copies, doubleSeconds } from './copies.js'
import { answers, OutageWatch, outageSeconds } from './watch.js'

/** Bound of whatever is waited for, ms: the slowest takes three quarters of a minute. */
const BOUND_MS = 90_000
/** The watcher has looked so long before anything happens, ms. */
const BEFORE_MS = 400
/** A host is cut off for at least so long, ms, and for so long after its services answer elsewhere. */
const CUT_MS = 20_000
const CUT_AFTER_MS = 5000
/** Nothing has begun or ended for so long: settled, ms. */
const CALM_MS = 6000

/** What one round found; seconds. Null: that did not come about within the bound. */
export interface Found {
  /** From the last answer of the host until the last of its services answers elsewhere. */
  readonly elsewhere: number | null
  /** Services that the host had. */
  readonly services: number
  /** The longest time that one service ran twice while the host was cut off; of a power cut 0. */
  readonly twice: number
  /** The same from its return on. */
  readonly twiceAfter: number
  /** From its return until no copy began or ended any more. */
  readonly settled: number | null
  /** When the host gave its last answer: `performance.now()`, ms. */
  readonly at: number
}

/** A tool that keeps services on the hosts of a lab, and what it keeps. */
export interface Setting {
  readonly lab: Lab
  readonly cluster: Cluster
  readonly services: readonly Service[]
}

async function spread({ lab, cluster, services }: Setting, copies: Copies): Promise<string> {
  await cluster.deploy(services)
  const once = () => isWhole(copies, services)
  await until(once, BOUND_MS, `${cluster.name}: not every service runs once ${BOUND_MS / 1000} s after it was said.`)
  const all = async () => {
    const found = await Promise.all(
      copies
        .running()
        .map(({ host, port }) => answers(lab.hosts.find(({ name }) => name === host)?.address ?? '', port)),
    )
    return found.every(Boolean)
  }
  await until(all, BOUND_MS, `${cluster.name}: not every service answers.`)
  await until(() => performance.now() - copies.changedAt > 2500, BOUND_MS, `${cluster.name}: copies come and go.`)
  return victim(copies, await cluster.leaders(), lab)
}

/** The host with the most services that leads no others; of equals the last. */
function victim(copies: Copies, leaders: readonly string[], lab: Lab): string {
  const counts = lab.hosts
    .filter(({ name }) => !leaders.includes(name))
    .map(({ name }) => ({ name, count: copies.running().filter(({ host }) => host === name).length }))
    .sort((a, b) => b.count - a.count)
  return counts[0]?.name ?? ''
}

function isWhole(copies: Copies, services: readonly Service[]): boolean {
  const ports = copies.running().map(({ port }) => port)
  return ports.length === services.length && new Set(ports).size === services.length
}

function speaks(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port: 22 })
    const end = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.setTimeout(1000, () => end(false))
    // The kernel accepts before sshd does anything.
    socket.once('data', () => end(true))
    socket.on('error', () => end(false))
  })
}

/** Seconds from `since` to the last change, once the host speaks again and nothing has changed for a while; null: never calm. */
async function settle({ services }: Setting, copies: Copies, address: string, since: number): Promise<number | null> {
  const end = since + BOUND_MS
  let spokeAt: number | null = null
  while (performance.now() < end) {
    spokeAt ??= (await speaks(address)) ? performance.now() : null
    const calm = performance.now() - Math.max(copies.changedAt, spokeAt ?? Number.POSITIVE_INFINITY)
    if (calm > CALM_MS && isWhole(copies, services)) return Math.max(0, copies.changedAt - since) / 1000
    await sleep(100)
  }
  return null
}

/** Everything of one round but what takes the host away and brings it back. */
async function round(
  setting: Setting,
  away: (host: string) => Promise<unknown>,
  back: (host: string) => Promise<unknown>,
  leastMs: number,
): Promise<Found> {
  const { lab } = setting
  const copies = new Copies(basename(lab.state))
  try {
    const host = await spread(setting, copies)
    const own = copies.running().filter((life) => life.host === host)
    const address = lab.hosts.find(({ name }) => name === host)?.address ?? ''
    const others = lab.hosts.filter(({ name }) => name !== host).map((other) => other.address)
    const watch = new OutageWatch(
      own.map(({ port }) => port),
      address,
      others,
    )
    // The beats of the tools are not to be met at the same moment each time.
    await sleep(BEFORE_MS + Math.random() * 1000)
    await away(host)
    const awayAt = performance.now()
    const outage = await watch.end(BOUND_MS)
    await sleep(Math.max(CUT_AFTER_MS, leastMs - (performance.now() - awayAt)))
    const backAt = performance.now()
    await back(host)
    const settled = await settle(setting, copies, address, backAt)
    const now = performance.now()
    return {
      elsewhere: outageSeconds(outage, own.length),
      services: own.length,
      twice: doubleSeconds(copies.lives, outage.lastAnswer, backAt),
      twiceAfter: doubleSeconds(copies.lives, backAt, now),
      settled,
      at: outage.lastAnswer,
    }
  } finally {
    copies.end()
  }
}

/** A host loses its power, and has it back once its services answer elsewhere. */
export function powerCut(setting: Setting): Promise<Found> {
  const { lab } = setting
  return round(
    setting,
    (host) => verb(lab, 'kill', host),
    (host) => verb(lab, 'boot', host, '--no-wait'),
    0,
  )
}

/** A host is cut from all others and from this machine, and runs on. */
export function partition(setting: Setting): Promise<Found> {
  const { lab } = setting
  return round(
    setting,
    (host) => verb(lab, 'cut', host),
    () => verb(lab, 'heal', 'all'),
    CUT_MS,
  )
}
