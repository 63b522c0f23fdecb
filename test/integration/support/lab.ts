// The lab under the tests: its hosts, and commands on them past hc and past the network.
import { inject } from 'vitest'
import { HOSTS, type LabAddress, type LabHost, ROOT, runLab } from './verbs.js'

export { HOSTS, type LabHost } from './verbs.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Made by setup.ts. */
    lab: LabAddress
  }
}

/** Is it a host of the lab? */
export function isLabHost(name: string): name is LabHost {
  return HOSTS.some((host) => host === name)
}

/** The host that `name` names. Throws where there is none. */
export function labHost(name: string | null | undefined): LabHost {
  if (typeof name !== 'string' || !isLabHost(name)) throw new Error(`${name} is no host of the lab`)
  return name
}

/** The hosts but these. */
export function others(...names: readonly string[]): LabHost[] {
  return HOSTS.filter((host) => !names.includes(host))
}

/** Its address in the lab's network. */
export function addressOf(host: LabHost): string {
  return `${inject('lab').subnet}.0.${11 + HOSTS.indexOf(host)}`
}

/** Folder of the lab's key and known_hosts. */
export function labState(): string {
  return inject('lab').state
}

/** Its name. */
export function labName(): string {
  return inject('lab').name
}

/** `lab('kill', 'nuc1')`. */
export function lab(...words: readonly string[]): Promise<string> {
  const { name, subnet } = inject('lab')
  return runLab(name, subnet, words)
}

/** The same for a shell script, which is run by another program. */
export function labCommand(): string {
  const { name, subnet } = inject('lab')
  return `HC_LAB_NAME=${name} HC_LAB_SUBNET=${subnet} sh ${ROOT}/bin/lab`
}

/** Runs shell text on a host as root, also where its network is cut; its stdout. Rejects where it ends with a failure. */
export function on(host: LabHost, script: string): Promise<string> {
  return lab('run', host, '--', 'sh', '-c', script)
}

/** Runs shell text on several hosts at once; their stdout by host. */
export async function onAll(script: string, hosts: readonly LabHost[] = HOSTS): Promise<Map<LabHost, string>> {
  const answers = await Promise.all(hosts.map(async (host) => [host, await on(host, script)] as const))
  return new Map(answers)
}

const CLEAN = `
units=$(systemctl list-units --all --plain --no-legend 'hc-*' | awk '{ print $1 }')
[ -z "$units" ] || { systemctl kill -s KILL $units; timeout 20 systemctl stop $units; } 2>/dev/null
running=$(podman ps -aq 2>/dev/null); [ -z "$running" ] || podman rm -f -t 0 $running
running=$(docker ps -aq 2>/dev/null); [ -z "$running" ] || docker rm -f $running
cd /etc/systemd/system && rm -rf hc-* .hc-new *.wants/hc-* *.d/hc-*.conf test-* && rmdir *.service.d 2>/dev/null
rm -rf /var/lib/hc /run/hc /srv/hc-test /usr/local/bin/hc
systemctl daemon-reload
systemctl reset-failed
for u in ssh docker; do systemctl is-active -q $u || systemctl start $u; done
`

interface LabStatus {
  readonly hosts: readonly { readonly name: string; readonly power: string; readonly diskFull: boolean }[]
}

/** Mends all that an earlier test did to the lab and takes everything of hc away from its hosts. */
export async function wipe(): Promise<void> {
  const status: LabStatus = JSON.parse(await lab('status', '--json'))
  await lab('heal', 'all')
  for (const { name, power, diskFull } of status.hosts) {
    if (power === 'frozen') await lab('thaw', name)
    if (power === 'off') await lab('boot', name)
    if (diskFull) await lab('fill', name, '--clear')
  }
  await onAll(`{ ${CLEAN} } >/dev/null 2>&1; :`)
}

/** A fence driver for `hc_fence`, as a script: it cuts the power of a host of the lab. */
export function powerDriver(): string {
  return `#!/bin/sh
lab() { ${labCommand()} "$@"; }
case $2 in
  off) lab kill "$1" >/dev/null 2>&1 || : ;;
  on) lab boot "$1" --no-wait >/dev/null ;;
  status) case $(lab status | grep "^$1 ") in (*' off '*) echo off ;; (*) echo on ;; esac ;;
esac
`
}
