// How much of the cluster is left for new slots, in two sentences.
import { byName } from '../model/names.js'
import { formatBytes, formatCpu, formatDevices, type Resources } from '../model/resources.js'
import type { HostView } from '../model/views.js'
import { type Canvas, sentence } from './view.js'

/** A host that takes new slots now, with what it has left, and the largest slot that it would still take. */
interface Open {
  readonly name: string
  readonly free: Resources
  readonly largest: Resources
}

/** Views of earlier versions of hc know nothing of a largest slot: it is all that is free, but for shares of devices. */
function openOnes(hosts: readonly HostView[]): readonly Open[] {
  return hosts.flatMap(({ name, verdict, cordoned, draining, held, takesJobs, free, largest }) =>
    verdict === 'ready' && !cordoned && !draining && !held && takesJobs && free
      ? [{ name, free, largest: largest ?? free }]
      : [],
  )
}

/** `2.5 cores, 3.1 GiB memory, 40 GiB disk, 1 gpu`: devices only where there are any. */
export function vectorText({ cpu, memory, disk, devices }: Resources): string {
  const left = Object.entries(devices).filter(([, amount]) => amount > 0)
  return [
    cpu < 1000 ? `${formatCpu(cpu)} cpu` : formatCpu(cpu),
    `${formatBytes(memory)} memory`,
    `${formatBytes(disk)} disk`,
    ...left.sort(([a], [b]) => byName(a, b)).map(([name, amount]) => `${formatDevices(amount)} ${name}`),
  ].join(', ')
}

/**
 * The host with the largest hole: where the least of the shares is largest, each of the most that any of these hosts has
 * left of cpu, memory and disk. Scale-free, and without devices, which most hosts have none of.
 */
function roomiest(all: readonly [Open, ...Open[]]): Open {
  const parts = ['cpu', 'memory', 'disk'] as const
  const most = parts.map((part) => Math.max(1, ...all.map(({ largest }) => largest[part])))
  const share = ({ largest }: Open) => Math.min(...parts.map((part, index) => largest[part] / (most[index] ?? 1)))
  const sum = ({ largest }: Open) => parts.reduce((total, part, index) => total + largest[part] / (most[index] ?? 1), 0)
  return all.reduce((best, open) => {
    const by = share(open) - share(best) || sum(open) - sum(best)
    return by > 0 || (by === 0 && byName(open.name, best.name) < 0) ? open : best
  }, all[0])
}

/** `Spare: 5.2 cores, 11 GiB memory, 40 GiB disk; largest job that would still fit: 2.5 cores, ... on nuc3`. */
export function spareLines(hosts: readonly HostView[], canvas: Canvas): string[] {
  if (hosts.length === 0 || hosts.every(({ free }) => free === undefined)) return []
  const [one, ...others] = openOnes(hosts)
  if (!one) return sentence('Spare: nothing, no host takes new slots now', canvas, '', 'warn')
  const all: [Open, ...Open[]] = [one, ...others]
  const sum = (pick: (free: Resources) => number) => all.reduce((total, { free }) => total + pick(free), 0)
  const names = [...new Set(all.flatMap(({ free }) => Object.keys(free.devices)))]
  const whole: Resources = {
    cpu: Math.round(sum(({ cpu }) => cpu) / 100) * 100,
    memory: sum(({ memory }) => memory),
    disk: sum(({ disk }) => disk),
    devices: Object.fromEntries(names.map((name) => [name, sum(({ devices }) => devices[name] ?? 0)])),
  }
  if (others.length === 0) return sentence(`Spare: ${vectorText(one.largest)} on ${one.name}`, canvas)
  const best = roomiest(all)
  return [
    ...sentence(`Spare: ${vectorText(whole)} in all`, canvas),
    ...sentence(`Largest job that would still fit: ${vectorText(best.largest)} on ${best.name}`, canvas),
  ]
}
