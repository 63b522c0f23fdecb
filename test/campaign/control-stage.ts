// The cluster of the second campaign: the same jobs, on three hosts that hold the store and lead by election. Made once: each
// fault meets what the ones before it left, brought back to where all is well.
import type { ControlChangeView, ControlCheckView, ControlListView } from '../../src/model/control-group.js'
import { HOSTS, type LabHost, lab, labHost, on, onAll, wipe } from '../integration/support/lab.js'
import { running } from '../integration/support/seen.js'
import { eventually, sleep } from '../integration/support/wait.js'
import { EXCLUSIVE, Stage } from './stage.js'
import { placeWitness } from './witness.js'

/** The loop's unit, and that of etcd's member. */
export const LOOP = 'hc-reconcile.service'
export const ETCD = 'hc-etcd.service'
/** Ports of etcd, of sshd. */
export const ETCD_PORTS = '2379,2380'
export const SSH_PORT = '22'

/** How long all may take to be well between two faults, s: no figure, and a busy machine needs it. */
const READY_S = 300
/** Ordinary slots that a leader's host has to run, so that its loss is one of services too. */
const OWN = 2
/** Frames to these ports of others, and their answers: existing connections fall silent. What the host sends to itself goes on. */
const RULES = (port: string) => [
  `OUTPUT ! -o lo -p tcp -m multiport --dports ${port} -j DROP`,
  `INPUT ! -i lo -p tcp -m multiport --sports ${port} -j DROP`,
]

/** Three control machines on the hosts of the lab, looked at from a fourth machine without a loop. */
export class ControlStage extends Stage {
  override leader: LabHost | null = null
  #blocked: { readonly host: LabHost; readonly rule: string }[] = []
  #version = 0

  /** Makes all three control machines. */
  async found(): Promise<void> {
    await wipe()
    await placeWitness()
    await this.make()
    const { code, stderr } = await this.project.json<ControlChangeView>('control', 'add', ...HOSTS, '--yes')
    if (code !== 0) throw new Error(`three control machines could not be made: ${stderr}`)
    await this.settled()
  }

  /** All is well, this host leads, and it runs ordinary slots and one that is exclusive. */
  async led(leader: LabHost): Promise<void> {
    this.notes = []
    this.faults = []
    await placeWitness()
    await this.#promote(leader)
    await this.#give(leader)
    await this.settled()
    await this.armed()
    this.leader = leader
    this.home = leader
    await sleep(3500)
  }

  /** One leads, two stand by, all members answer, nothing is to be done. */
  override async settled(): Promise<void> {
    await this.project.converged(READY_S)
    const well = async () => {
      const { findings } = (await this.project.json<ControlCheckView>('control', 'check')).json
      if (findings.length > 0) throw new Error(findings.map(({ host, text }) => `${host}: ${text}`).join('; '))
      return true
    }
    await eventually('the control machines are well', well, { seconds: READY_S, everyMs: 1000 })
    await this.project.converged(READY_S)
  }

  /** Who leads by the store. */
  leads(): Promise<LabHost> {
    const ask = async () => {
      const { machines } = (await this.project.json<ControlListView>('control', 'list')).json
      return machines.find(({ role }) => role === 'leads')?.name
    }
    return eventually('one leads', ask, { seconds: READY_S }).then(labHost)
  }

  async #promote(leader: LabHost): Promise<void> {
    const ask = async () => {
      const { code, stdout, stderr } = await this.project.hc('control', 'promote', leader, '--yes')
      if (code !== 0) throw new Error(stderr + stdout)
      return true
    }
    await eventually(`${leader} leads`, ask, { seconds: READY_S })
  }

  /** Moves slots to the host where it has too few. */
  async #give(host: LabHost): Promise<void> {
    const seen = await running()
    const own = seen.filter((unit) => unit.host === host).map(({ slot }) => slot)
    const wanted = EXCLUSIVE.some((slot) => own.includes(slot)) ? [] : ['db.0']
    const movable = seen.map(({ slot }) => slot).filter((slot) => slot.startsWith('web') && !own.includes(slot))
    const missing = OWN - own.filter((slot) => slot.startsWith('web')).length
    for (const slot of [...wanted, ...movable.slice(0, Math.max(0, missing))]) {
      // Refused while a host is suspect, as it is now and then on a busy machine.
      const move = async () => {
        const { code, stderr } = await this.project.hc('job', 'move', slot, host)
        if (code !== 0) throw new Error(stderr)
        return true
      }
      await eventually(`${slot} is on ${host}`, move, { seconds: READY_S, everyMs: 1000 })
    }
  }

  /** The host hears and reaches nobody on these ports, as a client; what others call there goes on. */
  async block(host: LabHost, ...ports: readonly string[]): Promise<void> {
    const rules = ports.flatMap(RULES)
    this.#blocked.push(...rules.map((rule) => ({ host, rule })))
    await on(host, rules.map((rule) => `iptables -w -I ${rule}`).join('\n'))
  }

  /** The same, and others do not reach these ports there either. */
  async isolate(host: LabHost, ports: string): Promise<void> {
    await this.block(host, ports)
    const rules = RULES(ports).map((rule) => rule.replace('--dports', '--ports').replace('--sports', '--ports'))
    this.#blocked.push(...rules.map((rule) => ({ host, rule })))
    await on(host, rules.map((rule) => `iptables -w -I ${rule}`).join('\n'))
  }

  /** Undoes all cuts, and starts what was stopped. */
  async mend(): Promise<void> {
    const blocked = this.#blocked
    this.#blocked = []
    await lab('heal', 'all')
    for (const { host, rule } of blocked) await on(host, `iptables -w -D ${rule} || :`)
    await onAll(`systemctl kill -s CONT ${LOOP}; systemctl start --no-block ${ETCD} ${LOOP}; :`)
  }

  /** Applies another version of all jobs; ends as soon as that is acknowledged. */
  async applyNext(): Promise<void> {
    this.write(`next-${++this.#version}-${Date.now()}`)
    const { code, stderr } = await this.project.hc('apply', '--detach')
    if (code !== 0) this.faults.push(`the apply was not acknowledged: ${stderr.trim()}`)
  }

  /** A fault of its own unless what was applied last is in force. */
  async mustHaveApplied(): Promise<void> {
    await this.project.converged(READY_S)
    const { code, json, stderr } = await this.project.apply('--dry-run')
    if (json.changes === undefined) this.faults.push(`what is applied could not be told (${code}): ${stderr.trim()}`)
    else if (json.changes) this.faults.push('an acknowledged apply was lost')
  }
}
