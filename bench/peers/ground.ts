// What hc and its peers are given alike: hosts of the lab, commands on them, and the services.
import { basename, join } from 'node:path'
import { messageOf } from '../../src/model/errors.js'
import type { Lab } from '../lab.js'
import { runOk } from '../measure.js'
import { ROOT } from '../program.js'

/** Packages of Debian that the peers need on the hosts, in a root file system of the benchmarks' own. */
export const PEER_PACKAGES = 'python3 pacemaker pacemaker-cli-utils corosync'

const FIRST_PORT = 18_000

/** A service: busybox httpd on a port that is its own in the whole cluster. */
export interface Service {
  readonly name: string
  readonly port: number
}

/** The first `count` of them. */
export function servicesOf(count: number): readonly Service[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `svc${String(at).padStart(2, '0')}`,
    port: FIRST_PORT + at,
  }))
}

/** What runs as such a service, in words. `folder`: what it serves. */
export function commandOf({ port }: Service, folder: string): readonly string[] {
  return ['busybox', 'httpd', '-f', '-p', String(port), '-h', folder]
}

/** The same as a unit, for tools that bring no units of their own. */
export function unitOf(service: Service): string {
  return `[Unit]
Description=bench ${service.name}
[Service]
ExecStart=/usr/bin/${commandOf(service, '/etc').join(' ')}
MemoryMax=64M
`
}

/** The shell words that write all units. */
export function unitsScript(services: readonly Service[]): string {
  const each = services.map(
    (service) => `cat >/etc/systemd/system/bench-${service.name}.service <<'UNIT'\n${unitOf(service)}UNIT`,
  )
  return `${each.join('\n')}\nsystemctl daemon-reload\n`
}

/** Nothing of any tool runs or is left on a host: run before each tool's turn and after the last. */
export const EMPTY = `
systemctl stop pacemaker corosync docker.socket docker containerd 2>/dev/null
systemctl disable -q pacemaker corosync docker.socket docker containerd 2>/dev/null
pkill -f [c]ontainerd-shim
cd /etc/systemd/system
units=$(ls | grep -E '^(hc-|bench-)'; true)
[ -z "$units" ] || systemctl stop $units 2>/dev/null
rm -rf $units multi-user.target.wants/hc-* multi-user.target.wants/bench-* /var/lib/hc /run/hc
rm -rf /var/lib/docker/swarm /var/lib/docker/containers/* /var/lib/pacemaker/cib/* /var/lib/pacemaker/pengine/* /var/lib/corosync/*
systemctl daemon-reload
systemctl reset-failed
true
`

/** Runs a verb of bin/lab on the lab that is open. */
export async function verb(lab: Lab, ...words: readonly string[]): Promise<string> {
  const env = { ...process.env, HC_LAB_NAME: basename(lab.state), HC_LAB_STATE: lab.state }
  return (await runOk([join(ROOT, 'bin/lab'), ...words], { env })).stdout
}

/** A shell script on a host, at its console: it needs no network. Throws where it fails. */
export function on(lab: Lab, host: string, script: string): Promise<string> {
  return verb(lab, 'run', host, '--', 'sh', '-c', script)
}

/** The same on all hosts at once. */
export function onAll(lab: Lab, script: string): Promise<readonly string[]> {
  return Promise.all(lab.hosts.map(({ name }) => on(lab, name, script)))
}

/** Does every host have that command? The lab may have been brought up without the benchmarks' packages. */
export async function hostsHave(lab: Lab, command: string): Promise<boolean> {
  const found = await onAll(lab, `command -v ${command} || echo none`)
  return found.every((text) => text.trim() !== 'none')
}

/** Version of a package on the hosts. */
export async function packageVersion(lab: Lab, name: string): Promise<string> {
  const host = lab.hosts[0]?.name ?? ''
  return (await on(lab, host, `dpkg-query -W -f '\${Version}' ${name}`)).trim()
}

/** Waits; ms. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Asks again every `everyMs` until it is so. Throws with the sentence after `boundMs`. */
export async function until(
  is: () => Promise<boolean> | boolean,
  boundMs: number,
  sentence: string,
  everyMs = 200,
): Promise<void> {
  const end = performance.now() + boundMs
  while (!(await is())) {
    if (performance.now() > end) throw new Error(sentence)
    await sleep(everyMs)
  }
}

/** The last line that an error says: what a command said last, not the words of the command. */
export function lastLine(error: unknown): string {
  const lines = messageOf(error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.at(-1) ?? ''
}
