// A plan host by host: how full each is before and after, what is done there, what leaves it and what stays.
import { byName, type HostName } from '../model/names.js'
import { type ActionKind, REASONS, type ScorePart } from '../model/plan.js'
import { formatBytes, formatCpu, formatDevices, type Resources } from '../model/resources.js'
import type { ActionView, PlannedHostView, PlanView } from '../model/views.js'
import { digitsApart, pointsText } from './points.js'
import { sanitizeLine } from './sanitize.js'
import type { Tone } from './style.js'
import { type Canvas, sentence } from './view.js'
import { pad, width, wrap } from './width.js'
import { count, list } from './words.js'

/** The sign in front of each kind of action. */
export const MARKERS: Readonly<Record<ActionKind, { readonly sign: string; readonly tone: Tone }>> = {
  start: { sign: '+', tone: 'good' },
  stop: { sign: '-', tone: 'bad' },
  restart: { sign: '~', tone: 'warn' },
  move: { sign: '>', tone: 'warn' },
  adopt: { sign: '=', tone: 'good' },
  forget: { sign: 'x', tone: 'dim' },
  run: { sign: '!', tone: 'good' },
}

/** So many hosts that stay as they are are named. */
const NAMED = 3

/** One step as seen from one host. */
interface Line {
  readonly action: ActionView
  /** It goes away from here. */
  readonly leaves: boolean
}

/** Each host that changes with its actions; the others are summed up in one line. */
export function hostsOfPlan(plan: PlanView, canvas: Canvas, verbose: boolean): string[] {
  const lines = linesByHost(plan.actions)
  const hosts = new Map((plan.hosts ?? []).map((host) => [host.host, host]))
  const slots = Math.max(0, ...plan.actions.map(({ slot }) => width(sanitizeLine(slot))))
  const changed = [...lines.keys()]
    .sort(byName)
    .flatMap((name) => [
      ...heading(name, hosts.get(name), canvas),
      ...(lines.get(name) ?? []).flatMap((line) => lineOf(line, slots, canvas, verbose)),
      ...stayLine(hosts.get(name), canvas),
    ])
  return [...changed, ...others(plan, lines, canvas)]
}

function linesByHost(actions: readonly ActionView[]): ReadonlyMap<HostName, readonly Line[]> {
  const lines = new Map<HostName, Line[]>()
  const add = (host: HostName, line: Line) => lines.set(host, [...(lines.get(host) ?? []), line])
  for (const action of actions) add(action.host, { action, leaves: false })
  const told = new Set(actions.map(({ slot, host }) => `${slot} ${host}`))
  for (const action of actions) {
    if (action.from !== null && !told.has(`${action.slot} ${action.from}`)) add(action.from, { action, leaves: true })
  }
  return lines
}

/** `nuc1: 2 -> 3 slots, cpu 200m -> 300m of 4 cores, memory 128 -> 192 MiB of 7.5 GiB`. */
function heading(name: HostName, host: PlannedHostView | undefined, canvas: Canvas): string[] {
  const { style } = canvas
  const head = sanitizeLine(name)
  if (!host) return [style.paint('bold', head)]
  const verdict = host.verdict === 'ready' ? '' : ` (${host.verdict})`
  const [first = '', ...more] = wrap(fillText(host), canvas.columns, `${head}${verdict}: `, '  ')
  return [`${style.paint('bold', head)}${first.slice(head.length)}`, ...more]
}

function fillText({ before, after, capacity }: PlannedHostView): string {
  const [was, is] = [before.reserved, after.reserved]
  const part = (name: string, format: (amount: number) => string, pick: (all: Resources) => number) => {
    const whole = capacity === null ? '' : ` of ${format(pick(capacity))}`
    return `${name} ${fromTo(format(pick(was)), format(pick(is)))}${whole}`
  }
  const devices = [...new Set([was, is].flatMap((each) => Object.keys(each.devices)))].sort(byName)
  const slots = after.slots === 1 ? 'slot' : 'slots'
  return [
    `${fromTo(String(before.slots), String(after.slots))} ${slots}`,
    part('cpu', formatCpu, ({ cpu }) => cpu),
    part('memory', formatBytes, ({ memory }) => memory),
    ...(was.disk > 0 || is.disk > 0 ? [part('disk', formatBytes, ({ disk }) => disk)] : []),
    ...devices.map((name) => part(sanitizeLine(name), formatDevices, (all) => all.devices[name] ?? 0)),
  ].join(', ')
}

/** `128 -> 192 MiB`: the unit once where it is the same. */
function fromTo(was: string, is: string): string {
  const bare = (text: string) => (Number.parseFloat(text) === 0 ? '0' : text)
  if (was === is) return bare(is)
  const [amount, unit] = bare(was).split(' ')
  return unit !== undefined && is.endsWith(` ${unit}`) ? `${amount} -> ${is}` : `${bare(was)} -> ${bare(is)}`
}

function lineOf({ action, leaves }: Line, slots: number, canvas: Canvas, verbose: boolean): string[] {
  const { style } = canvas
  const { sign, tone } = leaves ? { sign: '<', tone: 'dim' as const } : MARKERS[action.kind]
  const head = `${sign} ${pad(sanitizeLine(action.slot), slots)}  ${pad(leaves ? 'leaves' : action.kind, 7)}`
  const from = action.from === null || action.from === action.host ? '' : `from ${sanitizeLine(action.from)}, `
  const way = leaves ? `to ${sanitizeLine(action.host)}, ` : from
  // Whom it makes room for is what matters of such a move.
  const own = action.reason === 'made-room' && action.text !== ''
  const why = own ? sanitizeLine(action.text) : REASONS[action.reason]
  const [first = '', ...rest] = wrap(`${way}${why}`, canvas.columns, `  ${head}  `, ' '.repeat(width(head) + 4))
  const lines = [`  ${style.paint(tone, head)}${first.slice(head.length + 2)}`, ...rest]
  if (!verbose || leaves) return lines
  // That a new slot is new is said already.
  const said = own || action.text === 'new'
  const more = [said ? '' : action.text, scoreText(action)].filter((text) => text !== '')
  return [...lines, ...more.flatMap((text) => sentence(text, canvas, '      ', 'dim'))]
}

const PARTS: readonly ScorePart[] = ['fit', 'apart', 'stay', 'home', 'affinity', 'spread']

/** `score 1.82 (fit 0.82, apart 1); chosen over nuc2 (0.82): fewer slots of web are here`. */
function scoreText({ score, next, why = '' }: ActionView): string {
  if (!score) return ''
  const digits = next ? digitsApart([score.total, next.score.total]) : 2
  const parts = PARTS.filter((part) => part === 'fit' || score.parts[part] !== 0)
  const told = parts.map((part) => `${part} ${pointsText(score.parts[part], digits)}`).join(', ')
  const other = next ? why.replace(next.host, `${next.host} (${pointsText(next.score.total, digits)})`) : why
  return `score ${pointsText(score.total, digits)} (${told})${other === '' ? '' : `; ${other}`}`
}

function stayLine(host: PlannedHostView | undefined, canvas: Canvas): string[] {
  if (!host || host.stay === 0) return []
  if (host.verdict === 'lost')
    return [canvas.style.paint('dim', `    ${count(host.stay, 'slot')} ${host.stay === 1 ? 'waits' : 'wait'} for it`)]
  const stay = host.stay === 1 ? 'stays as it is' : 'stay as they are'
  return [canvas.style.paint('dim', `    ${count(host.stay, 'slot')} ${stay}`)]
}

/** The hosts that nothing is done to, in one line. */
function others({ hosts = [], actions }: PlanView, lines: ReadonlyMap<HostName, unknown>, canvas: Canvas): string[] {
  const left = hosts.filter(({ host }) => !lines.has(host))
  if (left.length === 0 || actions.length === 0) return []
  const slots = left.reduce((sum, { after }) => sum + after.slots, 0)
  const names = left.length > NAMED ? `${left.length} other hosts` : list(left.map(({ host }) => host))
  const [stay, so] = left.length === 1 ? ['stays', 'as it is'] : ['stay', 'as they are']
  const how = slots === 0 ? 'empty' : `${so}, with ${count(slots, 'slot')}`
  return sentence(`${names} ${stay} ${how}`, canvas, '', 'dim')
}
