// Filters that ask about the host itself and what it is: nothing that is placed changes their answers.

import type { Verdict } from '../model/observation.js'
import type { Candidate } from '../model/plan.js'
import type { Board } from './board.js'
import { unmet } from './constraints.js'
import type { Filter } from './filter.js'
import type { Item } from './problem.js'
import { NO_HOST } from './problem.js'

const VERDICT_SENTENCES: Readonly<Record<Exclude<Verdict, 'ready'>, string>> = {
  suspect: 'the host is silent: nothing is started there until it answers',
  unmanageable: 'the host is there, but hc cannot manage it',
  'cut-off': 'the host is cut off from the control machine: nothing is started there until it answers',
  lost: 'the host is lost',
  unknown: 'the host has not answered yet since hc was started',
}

function candidate(board: Board, hostIndex: number): Candidate {
  const found = board.problem.hosts[hostIndex]
  if (found === undefined) throw new Error(`bug: no candidate ${hostIndex}`)
  return found
}

const only: Filter = {
  name: 'only',
  fixed: true,
  refuses: (_, item, hostIndex) => item.only !== NO_HOST && item.only !== hostIndex,
  says: (_, item) =>
    item.shape.job.type === 'system'
      ? `this slot is the one for ${item.onlyName}: a system job has one on each matching host`
      : `this slot stays on ${item.onlyName}`,
}

const takesJobs: Filter = {
  name: 'takes-jobs',
  fixed: true,
  refuses: (board, _, hostIndex) => !candidate(board, hostIndex).takesJobs,
  says: () => 'the host takes no jobs: it is outside hc_hosts',
}

const verdict: Filter = {
  name: 'verdict',
  fixed: true,
  refuses: (board, _, hostIndex) => candidate(board, hostIndex).verdict !== 'ready',
  says: (board, _, hostIndex) => {
    const { verdict: found, verdictReason } = candidate(board, hostIndex)
    if (found === 'ready') return 'the host is ready'
    return verdictReason ? `the host is ${found}: ${verdictReason}` : VERDICT_SENTENCES[found]
  },
}

const cordoned: Filter = {
  name: 'cordoned',
  fixed: true,
  refuses: (board, item, hostIndex) => candidate(board, hostIndex).cordoned && !(item.keeps && item.only === hostIndex),
  says: (board, _, hostIndex) => {
    const { name, draining, cordoned: closed, held } = candidate(board, hostIndex)
    if (held !== undefined && closed && !draining) return held
    return `the host is ${draining ? 'being drained' : 'cordoned'}: hc host uncordon ${name} ends that`
  },
}

const driver: Filter = {
  name: 'driver',
  fixed: true,
  refuses: (board, item, hostIndex) => {
    const { drivers } = candidate(board, hostIndex)
    return drivers !== null && drivers[item.shape.job.driver] === undefined
  },
  says: (_, item) => `needs ${item.shape.job.driver}, which the host has not`,
}

function failedConstraint(board: Board, item: Item, hostIndex: number): string | null {
  const host = candidate(board, hostIndex)
  for (const constraint of item.shape.job.constraints) {
    const why = unmet(host, constraint)
    if (why !== null) return `needs ${constraint.text}, but ${why}`
  }
  return null
}

const constraints: Filter = {
  name: 'constraints',
  fixed: true,
  refuses: (board, item, hostIndex) => failedConstraint(board, item, hostIndex) !== null,
  says: (board, item, hostIndex) => failedConstraint(board, item, hostIndex) ?? 'all constraints are met',
}

function lackingImage(board: Board, item: Item, hostIndex: number): string | null {
  // An image that no host has could not be resolved: then it goes by its name.
  const image = item.shape.applied.imageRef ?? item.shape.job.image
  const { lackingImages } = candidate(board, hostIndex)
  if (image === null || !Object.hasOwn(lackingImages, image)) return null
  return lackingImages[image] ?? null
}

const image: Filter = {
  name: 'image',
  fixed: true,
  refuses: (board, item, hostIndex) => lackingImage(board, item, hostIndex) !== null,
  says: (board, item, hostIndex) => {
    const why = lackingImage(board, item, hostIndex) ?? ''
    const lacks = `lacks the image ${item.shape.job.image ?? item.shape.applied.imageRef}`
    return why === '' ? lacks : `${lacks}: ${why}`
  },
}

/** The subnets of a host in none of which the job's address is; null: it is in one, or has none. */
function subnetsWithout(board: Board, item: Item, hostIndex: number): string | null {
  const { address: wanted } = item.shape.job
  if (wanted === null) return null
  return candidate(board, hostIndex).lackingSubnets?.[wanted] ?? null
}

const address: Filter = {
  name: 'address',
  fixed: true,
  refuses: (board, item, hostIndex) => subnetsWithout(board, item, hostIndex) !== null,
  says: (board, item, hostIndex) =>
    `no interface of the host has a subnet with the address ${item.shape.job.address}: it has ${subnetsWithout(board, item, hostIndex)}`,
}

/** In the order in which they are asked. */
export const hostFilters: readonly Filter[] = [only, takesJobs, verdict, cordoned, driver, constraints, image, address]
