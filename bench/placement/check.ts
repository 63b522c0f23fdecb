// An independent judge of the answers of `hc simulate`: it knows the rules of job files, and nothing of hc's own code.
import type { AmountsJson, JobJson, Quantity, ScenarioJson } from './scenarios.js'

/** What `hc simulate --input FILE --json` prints. */
export interface AnswerJson {
  readonly placements: readonly { readonly slot: string; readonly host: string }[]
  readonly unplaced: readonly {
    readonly slot: string
    readonly reasons: readonly { readonly host: string; readonly reason: string }[]
  }[]
  readonly moves: readonly { readonly slot: string; readonly from: string; readonly to: string }[]
  readonly survives: Readonly<Record<string, { readonly ok: boolean | null; readonly unplaced: readonly string[] }>>
  readonly proved: boolean
}

type Tell = (text: string) => void

interface Standing {
  readonly slot: string
  readonly host: string
  readonly job: JobJson
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 0.001,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
}

/** In thousandths, so that all amounts that job files allow are integers. */
function thousandths(quantity: Quantity): number {
  const [, number = '', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(String(quantity)) ?? []
  const factor = UNITS[unit]
  if (number === '' || factor === undefined) throw new Error(`the judge can't read the amount ${quantity}`)
  return Math.round(Number(number) * factor * 1000)
}

/** cpu, memory and disk; what a job does not name has the default of job files. */
function plain(amounts: AmountsJson, defaults: AmountsJson): Readonly<Record<'cpu' | 'memory' | 'disk', number>> {
  const of = (name: 'cpu' | 'memory' | 'disk') => thousandths(amounts[name] ?? defaults[name] ?? 0)
  return { cpu: of('cpu'), memory: of('memory'), disk: of('disk') }
}

const JOB_DEFAULTS: AmountsJson = { cpu: '100m', memory: '128Mi', disk: 0 }

/** Can the shares (thousandths of one device) be laid into devices of these sizes? By trying. */
function packable(shares: readonly number[], rooms: readonly number[]): boolean {
  const [share, ...rest] = shares
  if (share === undefined) return true
  const tried = new Set<number>()
  return rooms.some((room, at) => {
    if (room < share || tried.has(room)) return false
    tried.add(room)
    return packable(rest, rooms.with(at, room - share))
  })
}

function checkDevices(capacity: AmountsJson, here: readonly Standing[], tell: Tell): void {
  const asked = here.map(({ job }) => job.resources?.devices ?? {})
  for (const name of new Set(asked.flatMap((each) => Object.keys(each)))) {
    const amounts = asked.map((each) => thousandths(each[name] ?? 0)).filter((amount) => amount > 0)
    const all = thousandths(capacity.devices?.[name] ?? 0)
    const whole = amounts.filter((amount) => amount >= 1000).reduce((sum, amount) => sum + amount / 1000, 0)
    const left = Math.floor(all / 1000) - whole
    const shares = amounts.filter((amount) => amount < 1000).sort((a, b) => b - a)
    if (left < 0) tell(`${whole} whole ${name} of ${all / 1000}`)
    else if (!packable(shares, [...Array.from({ length: left }, () => 1000), all % 1000])) tell(`shares of ${name}`)
  }
}

function checkAmounts(capacity: AmountsJson, here: readonly Standing[], tell: Tell): void {
  const all = plain(capacity, {})
  for (const name of ['cpu', 'memory', 'disk'] as const) {
    const used = here.reduce((sum, { job }) => sum + plain(job.resources ?? {}, JOB_DEFAULTS)[name], 0)
    if (used > all[name]) tell(`${name}: ${used} of ${all[name]} thousandths`)
  }
  checkDevices(capacity, here, tell)
}

function fixedPorts(job: JobJson): readonly number[] {
  return Object.values(job.ports ?? {}).flatMap((port) => {
    const number = typeof port === 'object' ? port.host : port
    return typeof number === 'number' ? [number] : []
  })
}

function twice<T>(values: readonly T[]): readonly T[] {
  return values.filter((value, at) => values.indexOf(value) < at)
}

function checkCompany(here: readonly Standing[], tell: Tell): void {
  for (const port of twice(here.flatMap(({ job }) => fixedPorts(job)))) tell(`port ${port} twice`)
  const groups = here.flatMap(({ job }) => (job.conflict_group === undefined ? [] : [job.conflict_group]))
  for (const group of twice(groups)) tell(`conflict_group ${group} twice`)
  const names = new Set(here.map(({ job }) => job.name))
  for (const { slot, job } of here) {
    for (const other of job.conflicts ?? []) if (names.has(other)) tell(`${slot} beside ${other}`)
    for (const other of job.with ?? []) if (!names.has(other)) tell(`${slot} without ${other}`)
    const siblings = here.filter((each) => each.job.name === job.name).length
    if (siblings > (job.max_per_host ?? Number.POSITIVE_INFINITY)) tell(`${siblings} slots of ${job.name}`)
  }
}

function meets(host: string, labels: Readonly<Record<string, string>>, constraint: string): boolean {
  const [, attribute = '', op = '', right = ''] = /^(\S+) (==|!=|in|exists|matches) ?(.*)$/.exec(constraint) ?? []
  if (attribute !== 'host' && !attribute.startsWith('labels.')) {
    throw new Error(`the judge can't read the constraint ${constraint}`)
  }
  const value = attribute === 'host' ? host : labels[attribute.slice('labels.'.length)]
  if (value === undefined) return op === '!='
  if (op === '!=') return value !== right
  if (op === 'exists') return true
  if (op === 'matches') return new RegExp(right, 'u').test(value)
  return right.split(',').some((each) => each.trim() === value)
}

function checkDistinct(scenario: ScenarioJson, all: readonly Standing[], tell: Tell): void {
  for (const job of scenario.jobs) {
    const label = job.distinct
    if (label === undefined) continue
    const values = all
      .filter((each) => each.job.name === job.name)
      .map(({ host }) => (label === 'host' ? host : scenario.hosts[host]?.labels?.[label]))
    if (values.includes(undefined)) tell(`${job.name} is where there is no label ${label}`)
    for (const value of twice(values)) tell(`${job.name} twice where ${label} is ${value}`)
  }
}

/** The slots that are wanted. */
function wanted(scenario: ScenarioJson): readonly string[] {
  const left = Object.keys(scenario.hosts).filter((name) => !(scenario.lose ?? []).includes(name))
  return scenario.jobs.flatMap((job) => {
    if (job.type !== 'system') return Array.from({ length: job.count ?? 1 }, (_, at) => `${job.name}.${at}`)
    const open = left.filter((name) =>
      (job.constraints ?? []).every((each) => meets(name, scenario.hosts[name]?.labels ?? {}, each)),
    )
    return open.map((name) => `${job.name}.${name}`)
  })
}

function countBy(slots: readonly { readonly slot: string; readonly host: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { slot, host } of slots) {
    const key = `${slot.slice(0, slot.indexOf('.'))} ${host}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** What runs stays or is told as a move or as unplaced; of slots that are alike no two change places. */
function checkMoves(scenario: ScenarioJson, answer: AnswerJson, tell: Tell): void {
  const lost = new Set(scenario.lose ?? [])
  const running = (scenario.running ?? []).filter(({ host }) => !lost.has(host))
  const now = new Map(answer.placements.map(({ slot, host }) => [slot, host]))
  const told = new Map(answer.moves.map((move) => [move.slot, move]))
  if (told.size !== answer.moves.length) tell('a slot moves twice')
  for (const { slot, host } of running) {
    const to = now.get(slot)
    const move = told.get(slot)
    if (to === undefined || to === host) {
      if (move !== undefined) tell(`${slot} is told to move, and does not`)
    } else if (move?.from !== host || move.to !== to)
      tell(`${slot} goes from ${host} to ${to}, which moves do not tell`)
  }
  const known = new Set(running.map(({ slot }) => slot))
  for (const slot of told.keys()) if (!known.has(slot)) tell(`${slot} moves and did not run`)
  const after = countBy(answer.placements)
  const gone = running.filter(({ slot }) => !now.has(slot)).length
  let fewest = -gone
  for (const [key, count] of countBy(running)) fewest += Math.max(0, count - (after.get(key) ?? 0))
  if (answer.moves.length > Math.max(0, fewest))
    tell(`${answer.moves.length} moves, ${fewest} do for the same placement`)
}

function checkSurvives(scenario: ScenarioJson, answer: AnswerJson, tell: Tell): void {
  const left = Object.keys(scenario.hosts).filter((name) => !(scenario.lose ?? []).includes(name))
  if (Object.keys(answer.survives).sort().join() !== left.sort().join()) tell('survives does not name the hosts left')
  const slots = new Set(answer.placements.map(({ slot }) => slot))
  for (const [host, { ok, unplaced }] of Object.entries(answer.survives)) {
    if (ok === true && unplaced.length > 0) tell(`${host} is survived, yet ${unplaced} have no place`)
    if (ok === false && unplaced.length === 0) tell(`${host} is not survived, and nothing is without a place`)
    for (const slot of unplaced) if (!slots.has(slot)) tell(`survives names ${slot}, which has no place now`)
    if (ok !== true && ok !== false && ok !== null) tell(`survives.${host}.ok is ${ok}`)
  }
}

/** Every breach of a rule, and whatever the answer does not tell; empty: all is well. `code` is the exit code. */
export function faultsOf(scenario: ScenarioJson, answer: AnswerJson, code: number): readonly string[] {
  const faults: string[] = []
  const jobs = new Map(scenario.jobs.map((job) => [job.name, job]))
  const lost = new Set(scenario.lose ?? [])
  const all = answer.placements.flatMap(({ slot, host }): readonly Standing[] => {
    const job = jobs.get(slot.slice(0, slot.indexOf('.')))
    if (job !== undefined) return [{ slot, host, job }]
    faults.push(`${slot} is of no job`)
    return []
  })
  for (const host of new Set(all.map((each) => each.host))) {
    const known = scenario.hosts[host]
    const here = all.filter((each) => each.host === host)
    const tell: Tell = (text) => faults.push(`${host}: ${text}`)
    if (known === undefined || lost.has(host)) {
      tell('is no host that is left')
      continue
    }
    checkAmounts(known.capacity, here, tell)
    checkCompany(here, tell)
    for (const { slot, job } of here) {
      for (const each of job.constraints ?? []) if (!meets(host, known.labels ?? {}, each)) tell(`${slot}: ${each}`)
      if (job.type === 'system' && slot !== `${job.name}.${host}`) tell(`${slot} is another host's`)
    }
  }
  checkDistinct(scenario, all, (text) => faults.push(text))
  const answered = [...answer.placements, ...answer.unplaced].map(({ slot }) => slot)
  if (answered.sort().join() !== [...wanted(scenario)].sort().join()) faults.push('not every slot is answered once')
  for (const { slot, reasons } of answer.unplaced) {
    if (reasons.length === 0 || reasons.some(({ reason }) => reason.trim() === '')) faults.push(`${slot}: no reason`)
  }
  checkMoves(scenario, answer, (text) => faults.push(text))
  checkSurvives(scenario, answer, (text) => faults.push(text))
  if (code !== (answer.unplaced.length === 0 ? 0 : 4)) faults.push(`exit code ${code}`)
  return faults
}
