// What a process finds in its environment: names of hc, env files, env, secrets; and what may be shown of it.
import { UserError } from '../model/errors.js'
import type { Job } from '../model/job.js'
import { byName } from '../model/names.js'
import type { Placement } from '../model/plan.js'
import { forSystemd } from './unit-file.js'

/** Variables by where they may stand. */
export interface Environment {
  /** In the unit file, which anyone on the host can read. */
  readonly open: ReadonlyMap<string, string>
  /** Of env files and secrets: only ever in files with mode 0600. */
  readonly closed: ReadonlyMap<string, string>
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Host port of a named port: as placed, else as written. */
export function hostPort(job: Job, placement: Placement, name: string): number {
  const port = placement.ports[name] ?? job.ports[name]?.host ?? null
  if (port === null) throw new Error(`bug: port ${name} of ${placement.slot} has no number`)
  return port
}

/** HC_JOB, HC_SLOT, HC_HOST and HC_PORT_name: in a container the port inside, where the process listens. */
export function ownVariables(job: Job, placement: Placement): ReadonlyMap<string, string> {
  const found = new Map([
    ['HC_JOB', job.name],
    ['HC_SLOT', placement.slot],
    ['HC_HOST', placement.host],
  ])
  for (const name of Object.keys(job.ports).sort(byName)) {
    const inside = job.driver === 'systemd' ? null : (job.ports[name]?.container ?? null)
    found.set(`HC_PORT_${name.replaceAll('-', '_')}`, String(inside ?? hostPort(job, placement, name)))
  }
  return found
}

/** Puts the values of `${HC_...}` in; what is no variable of hc is left to the program. */
export function substitute(text: string, own: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$\{(HC_[A-Za-z0-9_-]+)\}/g,
    (whole, name: string) => own.get(name.replaceAll('-', '_')) ?? whole,
  )
}

function decode(bytes: Uint8Array, what: string): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UserError(`${what} is not text in UTF-8, so it cannot be an environment variable`, {
      hint: 'encode it (base64), or bring it as a file with files:',
    })
  }
  if (!text.includes('\0')) return text
  throw new UserError(`${what} holds a NUL byte, so it cannot be an environment variable`, {
    hint: 'encode it (base64), or bring it as a file with files:',
  })
}

const DOUBLE_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function unquoted(value: string): string {
  const text = value.trim()
  const single = /^'([^']*)'(?:\s+#.*)?$/.exec(text)
  if (single) return single[1] ?? ''
  const double = /^"((?:[^"\\]|\\.)*)"(?:\s+#.*)?$/s.exec(text)
  if (double) return (double[1] ?? '').replace(/\\(.)/gs, (_, one: string) => DOUBLE_ESCAPES[one] ?? one)
  // A "#" behind a blank begins a comment, as for Compose; one within a word is part of it.
  return value.replace(/(?:^|\s+)#.*$/, '').trim()
}

/**
 * Lines `NAME=value` of an env file, as Compose reads them: `#` begins a comment, alone on its line or behind a value and a blank,
 * `export` before a name is passed over, quotes round a value are taken off (double ones know \n, \t, \" and \\). Nothing is expanded.
 */
export function parseEnvFile(bytes: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [index, line] of decode(bytes, 'The env file').split(/\r?\n/).entries()) {
    const text = line.trim().replace(/^export\s+/, '')
    if (text === '' || text.startsWith('#')) continue
    const equals = text.indexOf('=')
    const name = equals < 0 ? text : text.slice(0, equals).trim()
    if (equals < 0 || !NAME.test(name)) {
      throw new UserError(`line ${index + 1} of the env file is no NAME=value`, {
        hint: 'write one NAME=value in each line; comments begin with #',
      })
    }
    found.set(name, unquoted(text.slice(equals + 1)))
  }
  return found
}

/** Everything, each name once: env over env files, secrets over both, hc's own over all. */
export function environmentOf(
  job: Job,
  placement: Placement,
  contents: { readonly envFiles: readonly Uint8Array[]; readonly secrets: Readonly<Record<string, Uint8Array>> },
): Environment {
  const own = ownVariables(job, placement)
  const open = new Map<string, string>()
  const closed = new Map<string, string>()
  const set = (into: Map<string, string>, name: string, value: string): void => {
    open.delete(name)
    closed.delete(name)
    into.set(name, value)
  }
  for (const bytes of contents.envFiles) {
    for (const [name, value] of parseEnvFile(bytes)) set(closed, name, substitute(value, own))
  }
  for (const [name, value] of Object.entries(job.env)) set(open, name, substitute(value, own))
  for (const [name, bytes] of Object.entries(contents.secrets)) set(closed, name, decode(bytes, `The secret ${name}`))
  for (const [name, value] of own) set(open, name, value)
  const sorted = (map: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
    new Map([...map].sort(([a], [b]) => byName(a, b)))
  return { open: sorted(open), closed: sorted(closed) }
}

/**
 * A file for `EnvironmentFile=`. Within double quotes systemd takes line ends as they are and a backslash before
 * `"`, `\`, `$` and the backtick only.
 */
export function environmentFile(variables: ReadonlyMap<string, string>): string {
  return [...variables].map(([name, value]) => `${name}="${forSystemd(value).replace(/["\\$`]/g, '\\$&')}"\n`).join('')
}
