// What words a place on the command line takes: files, names of jobs, of hosts, and so on.

/** A closed list of what can stand somewhere. `none`: nothing that could be offered. */
export type Kind =
  | 'commands'
  | 'files'
  | 'folders'
  | 'jobs'
  | 'written-jobs'
  | 'slots'
  | 'jobs-and-hosts'
  | 'hosts'
  | 'groups'
  | 'hosts-and-groups'
  | 'patterns'
  | 'versions'
  | 'variables'
  | 'assignments'
  | 'event-kinds'
  | 'ticks'
  | 'none'

/** What an argument takes by its name alone, in any command. */
const BY_NAME: Readonly<Record<string, Kind>> = {
  command: 'commands',
  path: 'files',
  file: 'files',
  folder: 'folders',
  job: 'jobs',
  jobs: 'jobs',
  target: 'slots',
  targets: 'slots',
  host: 'hosts',
  hosts: 'patterns',
  group: 'groups',
  pattern: 'patterns',
}

/** What a flag takes by the word that its help shows for the value. */
const BY_WORD: Readonly<Record<string, Kind>> = {
  FILE: 'files',
  FOLDER: 'folders',
  PATH: 'files',
  JOB: 'jobs',
  HOST: 'hosts',
  PATTERN: 'patterns',
  KIND: 'event-kinds',
  N: 'none',
  TIME: 'none',
  LINES: 'none',
}

/** Where the name does not tell: `command argument` and `command --flag`. */
export const EXCEPTIONS: Readonly<Record<string, Kind>> = {
  'doctor host': 'patterns',
  'events --job': 'jobs',
  'events --host': 'hosts',
  'export:nomad job': 'written-jobs',
  'host:list --limit': 'patterns',
  'host:run --parallel': 'none',
  'import:compose --profile': 'none',
  'import:compose --project': 'none',
  'init --host': 'none',
  'init --user': 'none',
  'inventory:add name': 'none',
  'inventory:add --address': 'none',
  'inventory:add --group': 'groups',
  'inventory:add --port': 'none',
  'inventory:add --set': 'assignments',
  'inventory:add --user': 'none',
  'inventory:group:add name': 'groups',
  'inventory:group:add --parent': 'groups',
  'inventory:group:remove name': 'groups',
  'inventory:remove name': 'hosts',
  'inventory:rename new': 'none',
  'inventory:rename old': 'hosts-and-groups',
  'inventory:set target': 'hosts-and-groups',
  'inventory:set variable': 'assignments',
  'inventory:unset target': 'hosts-and-groups',
  'inventory:unset variable': 'variables',
  'job:rollback --to': 'versions',
  'logs --grep': 'none',
  'reconcile --listen': 'none',
  'reconcile expression': 'none',
  'simulate --add': 'none',
  'simulate --fill': 'written-jobs',
  'simulate --lose': 'patterns',
  'simulate --set': 'none',
  'status name': 'jobs-and-hosts',
  'store:migrate to': 'none',
}

/** Where a flag that stands already makes an argument something else: `command argument --flag`. */
const WITH_FLAG: Readonly<Record<string, Kind>> = {
  'explain target --tick': 'ticks',
  'explain host --tick': 'none',
}

/** What the argument of a command takes; null where nobody has said it. */
export function kindOfArgument(command: string, argument: string, flags: Iterable<string> = []): Kind | null {
  for (const flag of flags) {
    const kind = WITH_FLAG[`${command} ${argument} --${flag}`]
    if (kind !== undefined) return kind
  }
  return EXCEPTIONS[`${command} ${argument}`] ?? BY_NAME[argument] ?? null
}

/** What the value of a flag is; null where nobody has said it. `word`: how its help shows the value. */
export function kindOfFlag(command: string, flag: string, word: string | undefined): Kind | null {
  return EXCEPTIONS[`${command} --${flag}`] ?? BY_WORD[word ?? ''] ?? null
}
