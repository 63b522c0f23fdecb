// How much of the cluster is left for new slots, in one line.
import { formatBytes, type Resources } from '../model/resources.js'
import type { HostView } from '../model/views.js'
import { type Canvas, sentence } from './view.js'

/** A host that takes new slots now, with what it has left. */
interface Open {
  readonly name: string
  readonly free: Resources
}

function openOnes(hosts: readonly HostView[]): readonly Open[] {
  return hosts.flatMap(({ name, verdict, cordoned, draining, takesJobs, free }) =>
    verdict === 'ready' && !cordoned && !draining && takesJobs && free ? [{ name, free }] : [],
  )
}

/** `Spare: 5.2 cores, 11 GiB memory, 40 GiB disk; largest piece 4 GiB on nuc3`: the last is of memory. */
export function spareLines(hosts: readonly HostView[], canvas: Canvas): string[] {
  const all = openOnes(hosts)
  if (hosts.length === 0 || hosts.every(({ free }) => free === undefined)) return []
  const [one, ...others] = all
  if (!one) return sentence('Spare: nothing, no host takes new slots now', canvas, '', 'warn')
  const sum = (pick: (host: Open) => number) => all.reduce((total, host) => total + pick(host), 0)
  const cores = Number((sum(({ free }) => free.cpu) / 1000).toFixed(1))
  const largest = others.reduce((best, host) => (host.free.memory > best.free.memory ? host : best), one)
  const cpu = `${cores} ${cores === 1 ? 'core' : 'cores'}`
  const memory = `${formatBytes(sum(({ free }) => free.memory))} memory`
  const disk = `${formatBytes(sum(({ free }) => free.disk))} disk`
  const piece =
    all.length === 1 ? `on ${one.name}` : `largest piece ${formatBytes(largest.free.memory)} on ${largest.name}`
  return sentence(`Spare: ${cpu}, ${memory}, ${disk}; ${piece}`, canvas)
}
