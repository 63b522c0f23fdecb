// What truly is on the hosts, asked of systemd and the engines, never of hc.
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { addressOf, HOSTS, type LabHost, on } from './lab.js'

/** A unit of hc as its host shows it. */
export interface SeenUnit {
  readonly host: LabHost
  /** `web.0`. */
  readonly slot: string
  readonly active: string
  readonly pid: number
  readonly restarts: number
  /** Changes with every start. */
  readonly invocation: string
}

const SHOW = `systemctl show -p Id,ActiveState,MainPID,NRestarts,InvocationID $(systemctl list-units --all --plain --no-legend 'hc-*.service' | awk '{ print $1 }') no-such.service`

/** All hc-*.service units that are loaded on these hosts, in order of slot and host. */
export async function units(hosts: readonly LabHost[] = HOSTS): Promise<SeenUnit[]> {
  const all = await Promise.all(hosts.map(async (host) => parseUnits(host, await on(host, SHOW))))
  return all.flat().sort((a, b) => `${a.slot} ${a.host}`.localeCompare(`${b.slot} ${b.host}`))
}

function parseUnits(host: LabHost, text: string): SeenUnit[] {
  return text.split('\n\n').flatMap((block) => {
    const fields = new Map(block.split('\n').map((line) => splitAt(line)))
    const slot = /^hc-(.+\..+)\.service$/.exec(fields.get('Id') ?? '')?.[1]
    if (slot === undefined) return []
    return [
      {
        host,
        slot,
        active: fields.get('ActiveState') ?? '',
        pid: Number(fields.get('MainPID')),
        restarts: Number(fields.get('NRestarts')),
        invocation: fields.get('InvocationID') ?? '',
      },
    ]
  })
}

function splitAt(line: string): [string, string] {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1)]
}

/** Those that run. */
export async function running(hosts: readonly LabHost[] = HOSTS): Promise<SeenUnit[]> {
  return (await units(hosts)).filter(({ active }) => active === 'active')
}

/** `web.0@nuc1`: where what runs, for comparing. */
export function places(seen: readonly SeenUnit[]): string[] {
  return seen.map(({ slot, host }) => `${slot}@${host}`)
}

/** Each start of each slot: equal lists mean that nothing was stopped or started between. */
export function starts(seen: readonly SeenUnit[]): string[] {
  return seen.map(({ slot, host, pid, invocation }) => `${slot}@${host} ${pid} ${invocation}`)
}

/** Slots that run more than once. */
export function twice(seen: readonly SeenUnit[]): string[] {
  const slots = seen.filter(({ active }) => active !== 'inactive' && active !== 'failed').map(({ slot }) => slot)
  return slots.filter((slot, n) => slots.indexOf(slot) !== n)
}

/** The unit of a slot that runs. Throws where none or more than one does. */
export async function only(slot: string, hosts: readonly LabHost[] = HOSTS): Promise<SeenUnit> {
  const found = (await running(hosts)).filter((unit) => unit.slot === slot)
  const [first] = found
  if (first === undefined || found.length > 1) throw new Error(`${slot} runs ${found.length} times`)
  return first
}

/** Does something accept connections there, within a second? */
export function listens(host: LabHost, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: addressOf(host), port, timeout: 1000 })
    const end = (answer: boolean) => {
      socket.destroy()
      done(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

/** What a page says; null where there is no answer within two seconds. */
export function page(host: LabHost, port: number, path = '/'): Promise<string | null> {
  const url = `http://${addressOf(host)}:${port}${path}`
  return new Promise((done) => {
    execFile('curl', ['-sf', '-m', '2', url], (error, stdout) => done(error ? null : stdout))
  })
}

/** Files that a write that was cut short may have left. */
export async function leftovers(hosts: readonly LabHost[] = HOSTS): Promise<string[]> {
  const script =
    'find /etc/systemd/system /var/lib/hc /run/hc \\( -name ".hc-new" -o -name ".new" -o -name "*.new" \\) 2>/dev/null; :'
  const found = await Promise.all(hosts.map(async (host) => (await on(host, script)).split('\n').filter(Boolean)))
  return found.flat()
}
