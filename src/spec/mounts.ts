// What a process sees besides its own: files, volumes, environment, secrets.
import type { FileMount, SecretSource, Volume } from '../model/job.js'
import { object, optional, required, withDefault } from './fields.js'
import { normalizePath, resolvePath } from './paths.js'
import { flag, list, type Objection, record, refine, type Shape, text } from './shape.js'
import type { Value } from './value.js'

/** Pattern of environment variables. */
export const ENV_NAME = { pattern: /^[A-Za-z_][A-Za-z0-9_]*$/, wanted: 'a name of letters, digits and "_"' }
/** Of `env`: programs in containers are also set by names such as discovery.type. */
const WIDE_NAME = { pattern: /^[A-Za-z_][A-Za-z0-9_.-]*$/, wanted: 'a name of letters, digits, "_", "." and "-"' }
const SET_BY_HC = /^HC_(?:JOB|SLOT|HOST|PORT_\w+)$/

function notSetByHc(name: string): Objection {
  return SET_BY_HC.test(name) ? { message: `hc sets ${name} itself`, hint: 'choose another name' } : null
}

/** Environment: values as they are written. */
export const envShape = record(
  text({ loose: true, holds: 'any', empty: true, wanted: 'text', hint: 'for an empty value write ""' }),
  { ...WIDE_NAME, check: notSetByHc },
  (value) => (value.kind === 'list' ? 'write it as a mapping: {NAME: value}' : null),
)

/** A path of the control machine, as written; the caller resolves it against the job file's folder. */
export const sourcePath: Shape<string> = text({
  wanted: 'a path',
  check: (path) =>
    path.startsWith('~')
      ? {
          message: `"${path}" begins with "~", which is not looked up here`,
          hint: 'write a path from / or from the folder of the job file',
        }
      : null,
})

// A colon or comma would part the path in the -v and --mount arguments of the container engines.
const UNSAFE_PATH = /[:,]/

/** An absolute path as the process sees it, without `..`. */
export const targetPath: Shape<string> = refine(text({ wanted: 'an absolute path' }), (path, place, report, name) => {
  if (!path.startsWith('/')) {
    report.add(place, `${name} must be an absolute path, not "${path}"`, `did you mean "${normalizePath(`/${path}`)}"?`)
  } else if (UNSAFE_PATH.test(path)) report.add(place, `${name} must not hold ":" or ","`)
  else if (normalizePath(path) === '/') report.add(place, `${name} must not be the root folder`)
  else return normalizePath(path)
  return undefined
})

const mode: Shape<number> = {
  schema: { type: ['string', 'integer'], pattern: '^(0o?)?[0-7]{3,4}$' },
  read(value, report, name) {
    const match = value.kind === 'scalar' ? /^(?:0o?)?([0-7]{3,4})$/.exec(value.text) : null
    if (match !== null) return Number.parseInt(match[1] ?? '', 8)
    report.add(value.place, `${name} must be permission bits in octal`, 'write mode: "0644"')
    return undefined
  },
}

/** `files:`; sources as written. */
export const filesShape: Shape<readonly FileMount[]> = list(
  object(
    {
      source: required(sourcePath, 'A file of the control machine; a relative path is seen from the job file.'),
      target: required(targetPath, 'Absolute path as the process sees it.'),
      mode: withDefault(mode, 'Permission bits in octal.', '0644'),
    },
    { others: { src: 'source', path: 'source', dest: 'target', destination: 'target' }, hint: fileHint },
  ),
)

function fileHint(value: Value): string | null {
  const [source, target] = value.kind === 'scalar' ? value.text.split(':') : []
  return source && target ? `write {source: ${source}, target: ${target}}` : null
}

const VOLUME_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/
const volumeSource: Shape<string> = refine(
  text({ wanted: 'a path on the host, or a name' }),
  (path, place, report, name) => {
    if (VOLUME_NAME.test(path)) return path
    if (!path.startsWith('/')) {
      report.add(
        place,
        `${name} must be an absolute path on the host, or a plain name, not "${path}"`,
        'a volume lies on the host; for a file of this machine use files:',
      )
    } else if (UNSAFE_PATH.test(path)) report.add(place, `${name} must not hold ":" or ","`)
    else return normalizePath(path)
    return undefined
  },
)

/** `volumes:`. */
export const volumesShape: Shape<readonly Volume[]> = list(
  refine(
    object(
      {
        source: required(volumeSource, 'A path on the host, or a name (then it is /var/lib/hc/volumes/NAME).'),
        target: required(targetPath, 'Absolute path as the process sees it.'),
        read_only: withDefault(flag, 'The process may not write.', false),
        shared: withDefault(
          flag,
          'Storage that every host sees (NFS). Otherwise the slot stays on its first host.',
          false,
        ),
      },
      {
        others: { src: 'source', path: 'source', readonly: 'read_only', ro: 'read_only', destination: 'target' },
        hint: fileHint,
      },
    ),
    ({ source, target, read_only, shared }, place, report, name) => {
      if (shared && !source.startsWith('/')) {
        report.add(
          place,
          `${name} is shared and needs the path where the storage is mounted, not a name`,
          'write source: /mnt/...',
        )
      }
      return { source, target, readOnly: read_only, shared }
    },
  ),
)

/** argv. Numbers and truth values are taken as they are written. */
export function argvShape(): Shape<readonly string[]> {
  const words = list(text({ loose: true, holds: 'any', empty: true, wanted: 'a word of the command' }), {
    least: 1,
    hint: argvHint,
  })
  return refine(words, (argv, place, report, name) => {
    if (argv[0] !== '' && !/[\n\r]/.test(argv[0] ?? '')) return argv
    report.add(place, `the first word of ${name} must name a program`)
    return undefined
  })
}

function argvHint(value: Value): string | null {
  if (value.kind !== 'scalar' || value.text === '') return null
  const shell = /["'`$|&;<>*?\\\n]/.test(value.text)
  return shell
    ? 'write it as a list of words, or leave it to a shell: [sh, -c, "..."]'
    : `write it as a list: [${value.text.trim().split(/\s+/).join(', ')}]`
}

const secretForms = object({
  file: optional(sourcePath, 'A file of the control machine.'),
  env: optional(text(ENV_NAME), 'A variable of the environment of hc.'),
  command: optional(argvShape(), 'A command on the control machine; its output is the secret.'),
})

/** Where one secret comes from; a file path as written. */
export const secretShape: Shape<SecretSource> = {
  schema: secretForms.schema,
  read(value, report, name) {
    const hint = 'write {file: ./path}, {env: NAME} or {command: [pass, show, name]}'
    if (value.kind === 'scalar') {
      report.add(value.place, `${name} must say where the secret comes from`, hint)
      return undefined
    }
    const read = secretForms.read(value, report, name)
    if (read === undefined) return undefined
    if (value.kind === 'map' && value.entries.length !== 1) {
      report.add(value.place, `${name} needs exactly one of file, env and command`, hint)
      return undefined
    }
    if (read.file !== null) return { kind: 'file', path: read.file }
    if (read.env !== null) return { kind: 'env', name: read.env }
    return read.command === null ? undefined : { kind: 'command', argv: read.command }
  },
}

/** The same with a file's path from the folder of what names it. */
export function absoluteSecret(source: SecretSource, folder: string): SecretSource {
  return source.kind === 'file' ? { kind: 'file', path: resolvePath(folder, source.path) } : source
}

/** `secrets:`; file paths as written. */
export const secretsShape = record(secretShape, { ...ENV_NAME, check: notSetByHc })
