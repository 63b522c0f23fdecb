// Hosts that no rule of the present jobs tells apart: what a job asks of hosts themselves is answered once per class.
import type { Constraint } from '../model/job.js'
import { DRIVERS } from '../model/job.js'
import type { Candidate } from '../model/plan.js'
import { attributeOf } from './attributes.js'
import type { Board } from './board.js'
import { unmet } from './constraints.js'
import { hostFilters } from './filter-host.js'
import type { Item, Problem, Shape } from './problem.js'
import { NO_HOST } from './problem.js'
import { affinity } from './score.js'

/** Labels with more values than this split no classes: what depends on them is asked per host. */
const MOST_VALUES = 8
/** Labels split no further once there are so many classes. */
const MOST_CLASSES = 96

/** What hosts of each class are to one kind of slot. */
export interface Profile {
  /** Classes that may ever take it. */
  readonly classes: Int32Array
  /** Points for its wishes there (see affinity in score.ts), in the same order. */
  readonly points: Float64Array
}

function constraintKey({ attribute, op, values }: Constraint): string {
  if (values.length === 1) return `${attribute}\0${op}\0${values[0]}`
  return `${attribute}\0${op}\0${values.join('\0')}`
}

/** All that a job asks of hosts themselves: jobs with equal keys have equal profiles. */
function profileKey({ job, applied }: Shape): string {
  let key = `${job.driver}\x01${applied.imageRef ?? job.image ?? ''}`
  if (job.address !== null) key += `\x01${job.address}`
  for (const constraint of job.constraints) key += `\x01${constraintKey(constraint)}`
  for (const { constraint, weight } of job.affinity) key += `\x02${weight}\0${constraintKey(constraint)}`
  return key
}

/** Attribute -> the different constraints on it. */
function constraintsOf(shapes: Iterable<Shape>): ReadonlyMap<string, readonly Constraint[]> {
  const all = new Map<string, Map<string, Constraint>>()
  for (const { job } of shapes) {
    for (const constraint of [...job.constraints, ...job.affinity.map((wish) => wish.constraint)]) {
      const own = all.get(constraint.attribute) ?? new Map<string, Constraint>()
      own.set(constraintKey(constraint), constraint)
      all.set(constraint.attribute, own)
    }
  }
  return new Map([...all].map(([attribute, own]) => [attribute, [...own.values()]]))
}

/** A number for each host, equal where the text is. */
function numbered(hosts: readonly Candidate[], text: (host: Candidate) => string): Int32Array {
  const ids = new Map<string, number>()
  return Int32Array.from(hosts, (host) => {
    const key = text(host)
    const id = ids.get(key) ?? ids.size
    ids.set(key, id)
    return id
  })
}

/** Which of the constraints a host meets; asked once per value of the attribute. */
function answers(attribute: string, constraints: readonly Constraint[]): (host: Candidate) => string {
  const known = new Map<string, string>()
  return (host) => {
    const found = attributeOf(host, attribute)
    const value = found.kind === 'value' ? `=${found.value}` : found.kind
    let answer = known.get(value)
    if (answer === undefined) {
      answer = constraints.map((constraint) => (unmet(host, constraint) === null ? 'y' : 'n')).join('')
      known.set(value, answer)
    }
    return answer
  }
}

/** What of a host decides for jobs besides constraints: closed ones are all alike. */
function standing(host: Candidate): string {
  if (!host.takesJobs || host.cordoned || host.verdict !== 'ready') return 'closed'
  const { drivers } = host
  const present = drivers === null ? 'any' : DRIVERS.filter((driver) => drivers[driver] !== undefined).join()
  const lacking = [...Object.keys(host.lackingImages), ...Object.keys(host.lackingSubnets ?? {})]
  return lacking.length === 0 ? present : `${present} ${lacking.sort().join()}`
}

/** See the head of the file. */
export class Classes {
  /** Class -> its hosts, rising. */
  readonly members: readonly Int32Array[]
  /** Labels that have one value, or none, all over a class. */
  readonly labels: ReadonlySet<string>
  /** By shape; equal shapes share one. */
  readonly #keys: readonly string[]
  readonly #profiles = new Map<string, Profile>()
  readonly #hosts = new Map<Profile, Int32Array>()

  constructor(problem: Problem) {
    this.#keys = problem.shapes.map(profileKey)
    const different = new Map(problem.shapes.map((shape, index) => [this.#keys[index], shape]))
    let classes = numbered(problem.hosts, standing)
    for (const [attribute, constraints] of constraintsOf(different.values())) {
      classes = refined(classes, numbered(problem.hosts, answers(attribute, constraints))).classes
    }
    const labels = new Set<string>()
    for (const [label, { values, count }] of problem.labels) {
      if (count > MOST_VALUES) continue
      const finer = refined(classes, values)
      if (finer.count > MOST_CLASSES) continue
      labels.add(label)
      classes = finer.classes
    }
    this.labels = labels
    this.members = membersOf(classes)
  }

  profile(board: Board, item: Item): Profile {
    const key = this.#keys[item.shape.index] ?? ''
    let profile = this.#profiles.get(key)
    if (profile === undefined) {
      profile = this.#newProfile(board, { ...item, only: NO_HOST })
      this.#profiles.set(key, profile)
    }
    return profile
  }

  /** Hosts of the classes that may ever take it, rising; made once for each profile. */
  hosts(board: Board, item: Item): Int32Array {
    const profile = this.profile(board, item)
    let hosts = this.#hosts.get(profile)
    if (hosts === undefined) {
      hosts = Int32Array.from([...profile.classes].flatMap((index) => [...(this.members[index] ?? [])])).sort()
      this.#hosts.set(profile, hosts)
    }
    return hosts
  }

  #newProfile(board: Board, item: Item): Profile {
    const classes: number[] = []
    const points: number[] = []
    for (const [index, [host = 0]] of this.members.entries()) {
      if (hostFilters.some((filter) => filter.refuses(board, item, host))) continue
      classes.push(index)
      points.push(affinity(board, item, host))
    }
    return { classes: Int32Array.from(classes), points: Float64Array.from(points) }
  }
}

/** Classes by both numbers, counted anew from 0. */
function refined(classes: Int32Array, by: Int32Array): { readonly classes: Int32Array; readonly count: number } {
  const ids = new Map<number, number>()
  const size = by.reduce((most, value) => Math.max(most, value), 0) + 2
  const finer = classes.map((of, host) => {
    const key = of * size + (by[host] ?? 0) + 1
    const id = ids.get(key) ?? ids.size
    ids.set(key, id)
    return id
  })
  return { classes: finer, count: ids.size }
}

function membersOf(classes: Int32Array): readonly Int32Array[] {
  const members: number[][] = []
  for (const [host, index] of classes.entries()) {
    const own = members[index]
    if (own === undefined) members[index] = [host]
    else own.push(host)
  }
  return members.map((hosts) => Int32Array.from(hosts))
}
