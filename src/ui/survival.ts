// What the loss of one host would mean: some lines of `hc plan`, one of `hc status` and `hc ui`.
import { someOf } from '../model/names.js'
import type { Survival } from '../model/plan.js'
import { byHost, fatalLosses, noPlaceText, unknownLosses, unknownWhy } from '../model/survival.js'
import type { PlanView } from '../model/views.js'
import { sanitizeLine } from './sanitize.js'
import type { Tone } from './style.js'
import { type Canvas, sentence } from './view.js'
import { list } from './words.js'

type Survives = PlanView['survives']

/** Hosts that are named one by one where nothing asks for all of them. */
const TOLD = 5
/** Hosts, and slots, that are named where one line has to do. */
const NAMED_HERE = 3

/** Lines of the block of a plan. `all`: every slot and host by name. */
export function survivalLines(survives: Survives, canvas: Canvas, all: boolean): string[] {
  const entries = byHost(survives)
  const unknown = unknownLosses(survives)
  const say = (text: string, tone?: Tone) => sentence(text, canvas, '  ', tone)
  const survived = entries.flatMap(([host, { ok }]) => (ok ? [host] : []))
  const fatal = fatalLosses(survives)
  const what = entries.some(([, each]) => waits(each)) ? 'all that may move' : 'all'
  const told = all ? fatal : fatal.slice(0, TOLD)
  const rest = fatal.length - told.length
  return [
    ...(survived.length > 0 ? say(`${what} would run elsewhere after the loss of ${named(survived, all)}`) : []),
    ...told.flatMap(([host, survival]) => say(`after the loss of ${host} ${noPlaceText(survival, all)}`, 'warn')),
    ...(rest > 0 ? say(`the loss of ${rest} more hosts would not be survived either: -v names them`, 'warn') : []),
    ...entries.flatMap(([host, survival]) => (waits(survival) ? say(waitText(host, survival, all)) : [])),
    ...(unknown.length > 0 ? say(`not known for ${named(unknown, all)}: ${unknownWhy(survives)}`) : []),
  ]
}

function named(hosts: readonly string[], all: boolean): string {
  return all || hosts.length <= TOLD ? list(hosts, 'or') : someOf(hosts)
}

function waits({ waiting = [] }: Survival): boolean {
  return waiting.length > 0
}

function waitText(host: string, { waiting = [], control }: Survival, all: boolean): string {
  const slots = all ? list(waiting) : someOf(waiting)
  return control
    ? `${slots} would wait for ${host}, on which hc itself runs: nobody would place anything elsewhere`
    : `${slots} would wait until ${host} is back`
}

/** `Survives the loss of any one host.`, or of which not and why; null: not worked out, or no hosts. */
export function survivalSentence(
  survives: Survives | undefined,
): { readonly text: string; readonly tone: Tone } | null {
  const entries = byHost(survives ?? {})
  const unknown = unknownLosses(survives ?? {})
  const [first, ...others] = fatalLosses(survives ?? {})
  if (first) {
    const more = others.length === 0 ? '' : `; nor of ${someOf(others.map(([host]) => host))}`
    return { text: `Would not survive the loss of ${first[0]}: ${noPlaceText(first[1])}${more}`, tone: 'warn' }
  }
  if (entries.length === 0) return null
  if (unknown.length === entries.length) {
    return {
      text: `Not known whether the loss of a host would be survived: ${unknownWhy(survives ?? {})}`,
      tone: 'plain',
    }
  }
  const control = entries.find(([, each]) => each.control && waits(each))
  const but = control ? `, but for ${control[0]}, on which hc itself runs` : ''
  const open = unknown.length === 0 ? '' : `; not known for ${someOf(unknown)}`
  const waiting = entries.some(([, each]) => !each.control && waits(each))
    ? '; pinned slots and the like would wait'
    : ''
  return { text: `Survives the loss of any one host${but}${open}${waiting}`, tone: 'plain' }
}

/** The same as lines of a screen. */
export function survivalHeadline(survives: Survives | undefined, canvas: Canvas): string[] {
  const said = survivalSentence(survives)
  return said === null ? [] : sentence(sanitizeLine(said.text), canvas, '', said.tone)
}

/** Among what is wrong, on one line: the hosts whose loss would not be survived, and the first one's slots. */
export function survivalProblem(survives: Survives | undefined, canvas: Canvas): string[] {
  const fatal = fatalLosses(survives ?? {})
  const [first] = fatal
  if (!first) return []
  const hosts = fatal.slice(0, NAMED_HERE).map(([host]) => host)
  const more = fatal.length > NAMED_HERE ? [`${fatal.length - NAMED_HERE} more`] : []
  const { unplaced } = first[1]
  const rest = unplaced.length > NAMED_HERE ? ` and ${unplaced.length - NAMED_HERE} more` : ''
  const slots = unplaced.length === 0 ? '' : `${unplaced.slice(0, NAMED_HERE).join(', ')}${rest}`
  const which = slots === '' ? '' : fatal.length > 1 ? `; of ${hosts[0]}: ${slots}` : `: ${slots}`
  return sentence(
    sanitizeLine(`Not survived: loss of ${list([...hosts, ...more], 'or')}${which}`),
    canvas,
    '  ',
    'warn',
  )
}
