// Silence is not death: what is believed of each host, from what was seen. An ordered table; the first rule that matches wins.
import type { Settings } from '../model/host.js'
import { byName, type HostName, type Millis } from '../model/names.js'
import type { Belief, Failure, HostObservation, Look, Observation, Vantage, Verdict } from '../model/observation.js'
import { formatMillis } from '../model/resources.js'

/** Failed looks that each vantage needs before a host is lost. */
export const LOOKS_NEEDED = 3
/** Time that the failed looks of a vantage span at least, ms. */
export const LOOKS_SPAN_MS = 2000

/** What the rules read besides the host itself. */
interface Setting {
  readonly at: Millis
  readonly settings: Settings
  /** Hosts that answer: the vantages. */
  readonly ready: ReadonlySet<HostName>
  /** The control machine reaches no host and no witness: it takes itself for the one cut off. */
  readonly isolated: boolean
  /** Since when each silent host has been silent. */
  readonly silentSince: ReadonlyMap<HostName, Millis>
}

interface Rule {
  readonly verdict: Verdict
  /** A sentence when the rule matches, else null. */
  readonly matches: (host: HostObservation, setting: Setting) => string | null
}

/** A host that is up but can't be managed says so itself: these failures don't come from silence. */
const BROKEN_NOT_SILENT: ReadonlySet<string> = new Set(['auth', 'host-key', 'no-privileges', 'broken', 'other-machine'])

const RULES: readonly Rule[] = [
  // It answers, but only by a detour: it is managed as it is, and nothing is added.
  {
    verdict: 'cut-off',
    matches: ({ answering, through }) =>
      answering && through ? `${cutOffText(through)}; it is managed through ${through}` : null,
  },
  // It answered: nothing else matters.
  { verdict: 'ready', matches: (host) => (host.answering ? '' : null) },
  // It speaks, but can't be managed: a person has to mend it, and nothing is moved.
  {
    verdict: 'unmanageable',
    matches: (host) =>
      host.failure && BROKEN_NOT_SILENT.has(host.failure.kind) && !isStrangers(host)
        ? withHint(host.failure.message, host.failure.hint)
        : null,
  },
  // Never reached: it may not exist yet; it can't be lost.
  {
    verdict: 'unknown',
    matches: ({ everReached, failure }) =>
      everReached ? null : failure ? `has never answered: ${withHint(failure.message, failure.hint)}` : 'no answer yet',
  },
  // Nobody answers, not even a witness: the control machine is the one cut off.
  {
    verdict: 'unknown',
    matches: ({ silentSince, failure }, { isolated }) => {
      if (!isolated) return null
      // Who has just begun to ask has heard from nobody either.
      if (silentSince === null && failure === null) return 'no answer yet'
      return 'the control machine reaches no host and no witness: it takes itself for the one cut off and does nothing'
    },
  },
  {
    verdict: 'suspect',
    matches: (host, { at, settings }) => {
      const silent = silence(host, at)
      return silent < settings.lostAfterMs
        ? `no answer ${silent === 0 ? 'yet' : `for ${formatMillis(silent)}`}; lost at the earliest after ${formatMillis(settings.lostAfterMs)}`
        : null
    },
  },
  // Its kernel sends resets: the machine lives, its sshd does not.
  {
    verdict: 'unmanageable',
    matches: (host) =>
      host.failure?.kind === 'refused' && !isStrangers(host)
        ? 'it refuses connections: start its sshd (systemctl start ssh)'
        : null,
  },
  {
    verdict: 'unmanageable',
    matches: (host, { at }) =>
      latestOf(host, 'control')?.reached
        ? `it answers pings, but ssh has not answered for ${formatMillis(silence(host, at))}: look at its sshd, load and disk`
        : null,
  },
  // Its card answers others on its subnet, and nothing above it: it lives, and may run and keep what it runs.
  {
    verdict: 'unmanageable',
    matches: (host, { ready }) => {
      const seenBy = seenFrom(host, ready)
      const [first] = seenBy
      return first && seenBy.every(({ only }) => only === 'neighbour')
        ? `it answers neither ssh nor pings, but ${first.vantage} hears its network card (ARP): it lives; look at its packet filter (nft list ruleset) on its console`
        : null
    },
  },
  {
    verdict: 'cut-off',
    matches: (host, { ready }) => {
      const first = seenFrom(host, ready).find(({ only }) => only === undefined)
      return first ? `${cutOffText(first.vantage)}; hc tries to manage it through ${first.vantage}` : null
    },
  },
  // A vantage that has fallen silent itself meanwhile was right when it looked: the wait begins anew with what it saw.
  {
    verdict: 'suspect',
    matches: (host, { at, settings }) => {
      const last = host.looks.filter(({ reached }) => reached).sort((a, b) => b.at - a.at)[0]
      const passed = last ? at - last.at : Number.POSITIVE_INFINITY
      return last && passed < settings.lostAfterMs ? `${last.vantage} reached it ${formatMillis(passed)} ago` : null
    },
  },
  // Looks are still being gathered.
  {
    verdict: 'suspect',
    matches: (host, { ready }) => {
      const counted: Vantage[] = ['control', ...host.provenVantages.filter((name) => ready.has(name))]
      const open = counted.find((vantage) => !unbrokenRow(host.looks, vantage))
      return open === undefined ? null : `silent, and ${open} has not yet looked ${LOOKS_NEEDED} times in vain`
    },
  },
  // Two at once are more likely a switch than two deaths: wait, and look again.
  {
    verdict: 'suspect',
    matches: (host, { at, settings, silentSince }) => {
      const since = host.silentSince ?? at
      const hold = settings.massLossHoldMs
      const others = [...silentSince].filter(([name, other]) => name !== host.host && Math.abs(other - since) < hold)
      if (others.length === 0 || at - since >= hold) return null
      const names = others.map(([name]) => name).sort(byName)
      return `silent together with ${names.join(', ')}: held for ${formatMillis(hold)} (hc_mass_loss_hold), then looked at again`
    },
  },
  {
    verdict: 'lost',
    matches: (host, { at, ready }) => {
      const others = host.provenVantages.filter((name) => ready.has(name)).sort(byName)
      const seconded = others.length > 0 ? `, nor for ${others.join(', ')}` : ''
      const silent = `no answer for ${formatMillis(silence(host, at))}, neither for the control machine${seconded}`
      const strange = strangersSeen(host, ready)[0]
      return strange
        ? `${silent}: another machine (${strange.stranger}) answers at its address: find that one and take the address from it`
        : silent
    },
  },
]

/**
 * Verdicts of all hosts of one tick, in the order of the observation.
 * Rules: shared words of ARCHITECTURE.md, "When is a host lost?".
 */
export function judge(observation: Observation, settings: Settings): readonly Belief[] {
  const setting: Setting = {
    at: observation.at,
    settings,
    ready: new Set(observation.hosts.filter(({ answering }) => answering).map((host) => host.host)),
    isolated: isIsolated(observation),
    silentSince: new Map(
      observation.hosts.flatMap((host) =>
        !host.answering && host.everReached && host.silentSince !== null
          ? [[host.host, host.silentSince] as const]
          : [],
      ),
    ),
  }
  return observation.hosts.map((host) => believe(soberly(host, setting.ready), setting))
}

/**
 * Across a router the control machine can't tell who answers at the address: what neighbours of the host say counts. Where
 * they hear another machine there, and none hears the host itself, the control machine has heard that one too.
 */
function soberly(host: HostObservation, ready: ReadonlySet<HostName>): HostObservation {
  const { looks } = host
  const strange = strangersSeen(host, ready).filter(({ vantage }) => vantage !== 'control')
  const [{ stranger } = {}] = strange
  if (stranger === undefined || seenFrom(host, ready).length > 0) return host
  const vantages = new Set(strange.map(({ vantage }) => vantage))
  const since = looks.find((look) => vantages.has(look.vantage) && look.stranger !== undefined)?.at ?? 0
  const heard = ({ vantage, reached, own, at }: Look) => vantage === 'control' && reached && !own && at >= since
  return { ...host, looks: looks.map((look) => (heard(look) ? { ...look, reached: false, stranger } : look)) }
}

/** What another machine at its address says to the control machine (a key, a refusal) is no word of the host. */
function isStrangers(host: HostObservation): boolean {
  const theirs = host.failure?.kind === 'host-key' || host.failure?.kind === 'refused'
  return theirs && latestOf(host, 'control')?.stranger !== undefined
}

/** Latest looks that another machine answered, that of the control machine first. */
function strangersSeen({ looks }: HostObservation, ready: ReadonlySet<HostName>): readonly Look[] {
  const strange = latestByVantage(looks).filter(
    ({ vantage, stranger }) => stranger !== undefined && (vantage === 'control' || ready.has(vantage)),
  )
  return strange.sort((a, b) => Number(b.vantage === 'control') - Number(a.vantage === 'control'))
}

/** True where the control machine reaches nothing at all but itself: then it does nothing. */
export function isIsolated({ at, hosts, witness }: Observation): boolean {
  return witness !== true && !hosts.some((host) => isHeard(host, at))
}

/**
 * Has the network just brought a word of another machine? What one said before others fell silent is no proof that their
 * silence is theirs: it counts for no longer than the looks span that make a host lost.
 */
function isHeard({ here, answering, failure, spokeAt, looks }: HostObservation, at: Millis): boolean {
  if (here) return false
  // That is worked out anew from what answers in this tick.
  if (answering || failure?.kind === 'other-machine') return true
  if (spokeAt !== undefined && at - spokeAt < LOOKS_SPAN_MS) return true
  const last = looks.findLast(({ vantage }) => vantage === 'control')
  // Another machine at its address is company too.
  return last?.reached === true || last?.stranger !== undefined
}

function cutOffText(vantage: Vantage): string {
  return `${vantage} reaches it, the control machine does not: look at the way between them`
}

/** Does a failure of this kind come from the host itself? */
export function speaks({ kind, unheard }: Failure): boolean {
  return !unheard && (BROKEN_NOT_SILENT.has(kind) || kind === 'refused')
}

function believe(host: HostObservation, setting: Setting): Belief {
  for (const rule of RULES) {
    const reason = rule.matches(host, setting)
    if (reason === null) continue
    const stranger = rule.verdict === 'lost' ? strangersSeen(host, setting.ready)[0]?.stranger : undefined
    return { host: host.host, verdict: rule.verdict, reason, ...(stranger !== undefined && { stranger }) }
  }
  return { host: host.host, verdict: 'suspect', reason: 'silent' }
}

function silence(host: HostObservation, at: Millis): Millis {
  return host.silentSince === null ? 0 : Math.max(0, at - host.silentSince)
}

function withHint(message: string, hint: string | null): string {
  return hint === null ? message : `${message}; ${hint}`
}

/** Vantages whose latest look has reached it. */
function seenFrom({ looks }: HostObservation, ready: ReadonlySet<HostName>): readonly Look[] {
  return latestByVantage(looks).filter(({ vantage, reached }) => reached && ready.has(vantage))
}

function latestOf({ looks }: HostObservation, vantage: Vantage): Look | undefined {
  return looks.findLast((look) => look.vantage === vantage)
}

function latestByVantage(looks: readonly Look[]): readonly Look[] {
  const latest = new Map<Vantage, Look>()
  for (const look of looks) latest.set(look.vantage, look)
  return [...latest.values()].sort((a, b) => byName(a.vantage, b.vantage))
}

/** Has this vantage looked in vain often enough and long enough, with no success since? */
function unbrokenRow(looks: readonly Look[], vantage: Vantage): boolean {
  const own = looks.filter((look) => look.vantage === vantage)
  const lastReached = own.findLastIndex((look) => look.reached)
  const row = own.slice(lastReached + 1)
  const [first, last] = [row[0], row.at(-1)]
  return row.length >= LOOKS_NEEDED && !!first && !!last && last.at - first.at >= LOOKS_SPAN_MS
}
