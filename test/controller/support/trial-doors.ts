// Doors to machines that answer from a table, for what tries hosts.
import { readFileSync } from 'node:fs'
import type { TrialDoors } from '../../../src/controller/trial.js'
import type { Host } from '../../../src/model/host.js'
import type { Failure } from '../../../src/model/observation.js'
import type { HostKeyView } from '../../../src/model/trial.js'
import { createClock } from '../../../src/system/clock.js'
import { fakeSettings } from '../../support/fake-sshd.js'

/** What a host of the lab answered to a full probe. */
export const PROBE = readFileSync(new URL('../../remote/probes/empty-full.txt', import.meta.url), 'utf8')

/** A machine behind the doors. */
export interface Machine {
  /** Who ssh logs in as where the inventory does not say. */
  readonly user?: string
  /** Where ~/.ssh/config leads from the address. */
  readonly leadsTo?: string
  readonly bootId?: string
  readonly machineId?: string
  readonly hostname?: string
  readonly tools?: readonly string[]
  readonly probe?: string
  /** The key that it shows while it is not trusted. */
  readonly key?: string
  readonly failure?: Failure
}

function outputOf({ bootId, machineId, hostname, tools = [], probe = PROBE }: Machine): string {
  const own = tools.map((tool) => `hc-tool ${tool}\n`).join('')
  return `${probe}hc-hostname ${hostname ?? 'nuc1.lan'}\n${own}`
    .replace(/^boot .*$/m, (line) => (bootId === undefined ? line : `boot ${bootId}`))
    .replace(/^machine .*$/m, (line) => (machineId === undefined ? line : `machine ${machineId}`))
}

/** Doors to machines by the names of their hosts. */
export function trialWorld(machines: Readonly<Record<string, Machine>>) {
  const trusted = new Set<string>()
  const logins: string[] = []
  const of = (host: Host): Machine =>
    machines[host.connection.address === '127.0.0.1' ? host.name : host.connection.address] ?? {}
  const doors: TrialDoors = {
    clock: createClock(),
    ownBootId: 'ffffffff-0000-0000-0000-000000000000',
    owner: 'trial',
    trust: ({ fingerprint }) => trusted.add(fingerprint),
    settings: async (host) => (host.connection.kind === 'local' ? null : settingsOf(host, of(host))),
    login: async (host) => {
      logins.push(host.name)
      const { key, failure } = of(host)
      if (key !== undefined && !trusted.has(key)) {
        const unknownKey: HostKeyView = { type: 'ssh-ed25519', fingerprint: key, where: `${host.name} port 22` }
        return { kind: 'host-key', message: 'the key is not known', hint: 'compare it', unknownKey }
      }
      return failure ?? null
    },
    transport: {
      run: async (host) => ({ ok: true, exitCode: 0, output: outputOf(of(host)), sentAt: 0, receivedAt: 1 }),
      session: async () => ({ ok: true, exitCode: 0 }),
      command: async () => ({ ok: true, exitCode: 0 }),
      close: async () => {},
    },
    close: async () => {},
  }
  return { doors, logins }
}

function settingsOf(host: Host, { user, leadsTo }: Machine) {
  const { connection } = host
  const address = leadsTo ?? connection.address
  return fakeSettings({ port: connection.port ?? 22 }, { user: connection.user ?? user ?? 'root', address })
}
