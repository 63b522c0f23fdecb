// The first inventory and the first job, as `hc init` writes them: with comments, for a person to go on from.
import type { NewHost } from '../model/init.js'
import { formatBytes, formatCpu } from '../model/resources.js'

/** Text as a YAML scalar: plain where it can't be taken for anything else. */
function scalar(text: string): string {
  return /^[A-Za-z_/~][A-Za-z0-9_./~@-]*$/.test(text) || /^\d+\.\d+\.\d+\.\d+$/.test(text)
    ? keyword(text)
    : JSON.stringify(text)
}

function keyword(text: string): string {
  return /^(?:y|n|yes|no|on|off|true|false|null|~)$/i.test(text) ? JSON.stringify(text) : text
}

/** Names that YAML would read as numbers or words of its own are quoted. */
function key(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) ? keyword(name) : JSON.stringify(name)
}

/** A comment on one line: what comes from a host must not end it. */
function comment(text: string, indent: string): string {
  return `${indent}# ${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')}`
}

/** The user that all of them log in as; null where they differ or none was named. */
function commonUser(hosts: readonly NewHost[]): string | null {
  const users = [...new Set(hosts.filter(({ local }) => !local).map(({ user }) => user))]
  return users.length === 1 ? (users[0] ?? null) : null
}

/** The text of inventory.yml. `schema`: path of its JSON schema, for editors; null: none. */
export function inventoryText(hosts: readonly NewHost[], schema: string | null): string {
  const common = commonUser(hosts)
  const modeline = schema === null ? [] : [`# yaml-language-server: $schema=${schema}`, '#']
  return `${[
    ...modeline,
    '# The hosts of this cluster: an Ansible inventory, which Ansible itself can use.',
    '# hc inventory add brings more of them; hc host list shows how they are.',
    'all:',
    '  vars:',
    '    # Who hc logs in as: root, or a user with sudo without a password. By key;',
    '    # keys, agents and jump hosts are those of ~/.ssh/config.',
    common === null ? '    # ansible_user: root' : `    ansible_user: ${scalar(common)}`,
    '',
    '    # Defaults, to be changed where that is wanted.',
    '    # What stays free on each host for the host itself:',
    '    # hc_reserve: {memory: 256Mi}',
    '    # How long a host may be silent before it may be lost:',
    '    # hc_lost_after: 3s',
    '    # Even use of all hosts; or pack (fewest hosts), spread (fewest jobs on each):',
    '    # hc_strategy: balanced',
    '    # What answers pings while your network works; your router is asked without it:',
    '    # hc_witness: [192.168.1.1]',
    '',
    '  hosts:',
    ...hosts.flatMap((host, index) => hostLines(host, common, index === 0)),
  ].join('\n')}\n`
}

function hostLines(host: NewHost, common: string | null, first: boolean): string[] {
  const { name, address, user, port, keyFile, local, trial } = host
  const indent = '      '
  const vars = [
    ...(address === name ? [] : [`ansible_host: ${scalar(address)}`]),
    ...(local ? ['ansible_connection: local'] : []),
    ...(user === null || user === common ? [] : [`ansible_user: ${scalar(user)}`]),
    ...(port === null ? [] : [`ansible_port: ${port}`]),
    ...(keyFile === null ? [] : [`ansible_ssh_private_key_file: ${scalar(keyFile)}`]),
  ]
  return [
    `    ${key(name)}:${vars.length === 0 && !first ? ' {}' : ''}`,
    ...(local ? [comment('The machine that hc runs on. While it is off, nobody replaces what is lost.', indent)] : []),
    ...(trial?.ok && !local && address === name && !trial.target.includes(address)
      ? [comment(`As ~/.ssh/config leads to it: ${trial.target}`, indent)]
      : []),
    ...(trial === null ? [] : [comment(trial.ok ? whatItHas(trial) : `When it was tried: ${trial.reason}`, indent)]),
    ...vars.map((line) => indent + line),
    ...(first ? [comment('hc_labels: {rack: a, ssd: true}   # for constraints and spread of jobs', indent)] : []),
  ]
}

function whatItHas({ brings }: NonNullable<NewHost['trial']>): string {
  if (brings === null) return 'It answered.'
  const { cpu, memory } = brings.capacity
  const engines = Object.entries(brings.drivers).filter(([name]) => name !== 'systemd')
  const drivers = engines.map(([name, version]) => `${name} ${/^\d+(?:\.\d+)?/.exec(version)?.[0] ?? version}`)
  const parts = [brings.os, brings.arch, formatCpu(cpu), formatBytes(memory), ...drivers]
  return parts.filter((part) => part !== null).join(', ')
}
