// Hosts with the same value of a label: where `distinct` allows one slot of a job together.
import type { HostName } from '../model/names.js'
import type { PlanInput } from './input.js'

/** Hosts with the same value of the label, the host itself among them; `host` is one that each has for itself. */
export function alikeHosts({
  hosts,
}: Pick<PlanInput, 'hosts'>): (host: HostName, label: string) => readonly HostName[] {
  const byLabel = new Map<string, ReadonlyMap<HostName, readonly HostName[]>>()
  return (name, label) => {
    const known = byLabel.get(label) ?? groups(hosts, label)
    byLabel.set(label, known)
    return known.get(name) ?? [name]
  }
}

function groups(hosts: PlanInput['hosts'], label: string): ReadonlyMap<HostName, readonly HostName[]> {
  const names = new Map<string, HostName[]>()
  for (const { host } of hosts) {
    const own = Object.hasOwn(host.labels, label) ? host.labels[label] : undefined
    const value = own ?? (label === 'host' ? host.name : undefined)
    if (value !== undefined) names.set(value, [...(names.get(value) ?? []), host.name])
  }
  return new Map([...names.values()].flatMap((all) => all.map((name) => [name, all] as const)))
}
