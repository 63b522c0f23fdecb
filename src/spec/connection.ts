// Ansible's connection variables of one host -> how hc reaches it.
import type { Become, Connection } from '../model/host.js'
import type { HostName } from '../model/names.js'
import { ansibleFlag } from './cluster-variables.js'
import type { Variables } from './inventory-tree.js'
import { holdsJinja } from './jinja.js'
import { resolvePath } from './paths.js'
import { choice, refine, type Shape, text } from './shape.js'
import { formatPlace, type Report } from './source.js'
import { readSshArguments, splitWords } from './ssh-arguments.js'
import { type Entry, isNull } from './value.js'

/** How a host is reached and becomes root; `warnings` are sentences with place. */
export interface ReadConnection {
  readonly connection: Connection
  /** Of ansible_become; `auto` where it is not set. */
  readonly become: Become
  readonly warnings: readonly string[]
}

const KINDS = [
  'ssh',
  'smart',
  'paramiko',
  'paramiko_ssh',
  'ssh2',
  'local',
  'ansible.builtin.ssh',
  'ansible.builtin.local',
] as const

const address = text({
  pattern: /^[A-Za-z0-9:_[][A-Za-z0-9.:_%[\]-]*$/,
  wanted: 'an address or a host name',
  hint: 'the user goes into ansible_user, the port into ansible_port',
})

const port: Shape<number> = refine(text({ wanted: 'a port' }), (written, place, report, name) => {
  const number = /^\d{1,5}$/.test(written) ? Number(written) : 0
  if (number >= 1 && number <= 65_535) return number
  report.add(place, `${name} must be a port from 1 to 65535, not "${written}"`)
  return undefined
})

const plain = text()
const loginName = text({ pattern: /^[^\s-][^\s]*$/, wanted: 'a user name' })

/** Passwords and such, which hc has no use for. */
const UNUSED: Readonly<Record<string, string>> = {
  ansible_password: 'hc logs in with keys and agents only',
  ansible_ssh_pass: 'hc logs in with keys and agents only',
  ansible_ssh_password: 'hc logs in with keys and agents only',
  ansible_become_password: 'hc becomes root by sudo -n only',
  ansible_become_pass: 'hc becomes root by sudo -n only',
}

class ConnectionReader {
  constructor(
    private readonly vars: Variables,
    private readonly report: Report,
  ) {}

  /** The last of several names for one thing wins, as in Ansible. Null: not written, or faulty. */
  read<T>(shape: Shape<T>, ...names: readonly string[]): T | null {
    const entry = names.map((name) => this.vars.get(name)).findLast((each) => each !== undefined && !isNull(each.value))
    if (entry === undefined) return null
    if (holdsJinja(entry.value)) {
      this.report.add(
        entry.value.place,
        `${entry.key} holds a Jinja expression, which only Ansible evaluates`,
        'write the value itself',
      )
      return null
    }
    return shape.read(entry.value, this.report, entry.key) ?? null
  }

  place(name: string): Entry['place'] | null {
    return this.vars.get(name)?.value.place ?? null
  }
}

const ARGUMENTS = ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'] as const

function sshWords(reader: ConnectionReader, report: Report): string[] {
  return ARGUMENTS.flatMap((name) => {
    const line = reader.read(plain, name)
    const words = line === null ? [] : splitWords(line)
    const place = reader.place(name)
    if (words === null && place !== null) report.add(place, `${name} has a quote that is left open`)
    return words ?? []
  })
}

function readBecome(reader: ConnectionReader, report: Report): Become {
  const become = reader.read(ansibleFlag, 'ansible_become')
  if (become === true) {
    const rules = [
      ['ansible_become_method', ['sudo', 'ansible.builtin.sudo'], 'hc becomes root by sudo only'],
      ['ansible_become_user', ['root'], 'hc needs root'],
    ] as const
    for (const [name, allowed, why] of rules) {
      const value = reader.read(plain, name)
      const place = reader.place(name)
      if (value === null || place === null || allowed.some((each) => each === value)) continue
      report.add(place, `${name} is "${value}", and ${why}`, `write ${name}: ${allowed[0]}`)
    }
  }
  return become === null ? 'auto' : become ? 'yes' : 'no'
}

/** Reads the variables of one host. Relative key files are seen from `workingFolder`, as ssh does; `~` stays as it is. */
export function readConnection(
  name: HostName,
  vars: Variables,
  workingFolder: string | null,
  report: Report,
): ReadConnection {
  const reader = new ConnectionReader(vars, report)
  const kind = reader.read(choice(KINDS), 'ansible_connection') ?? 'ssh'
  const args = readSshArguments(sshWords(reader, report))
  const keyFile = reader.read(plain, 'ansible_private_key_file', 'ansible_ssh_private_key_file') ?? args.keyFile
  const relative = keyFile !== null && !keyFile.startsWith('/') && !keyFile.startsWith('~')
  const argPort = args.port !== null && /^\d{1,5}$/.test(args.port) ? Number(args.port) : null
  const warnings: string[] = []
  for (const [variable, why] of Object.entries(UNUSED)) {
    const entry = vars.get(variable)
    if (entry !== undefined) warnings.push(`${formatPlace(entry.place)}: ${variable} is not used: ${why}`)
  }
  const argsEntry = ARGUMENTS.map((each) => vars.get(each)).find((entry) => entry !== undefined)
  if (args.ignored.length > 0 && argsEntry !== undefined) {
    warnings.push(`${formatPlace(argsEntry.place)}: these arguments of ssh are not used: ${args.ignored.join(' ')}`)
  }
  const connection: Connection = {
    kind: kind === 'local' || kind === 'ansible.builtin.local' ? 'local' : 'ssh',
    address: (reader.read(address, 'ansible_host', 'ansible_ssh_host') ?? name).replace(/^\[(.*)\]$/, '$1'),
    port: reader.read(port, 'ansible_port', 'ansible_ssh_port') ?? argPort,
    user: reader.read(loginName, 'ansible_user', 'ansible_ssh_user') ?? args.user,
    keyFile: relative && workingFolder !== null ? resolvePath(workingFolder, keyFile) : keyFile,
    options: args.options,
  }
  return { connection, become: readBecome(reader, report), warnings }
}
