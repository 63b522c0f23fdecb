// What runs: image, command, user, folder, environment.
import type { Json } from '../../model/host.js'
import { splitLine } from '../shlex.js'
import type { Value } from '../value.js'
import { absolutePath, sourceOf, type Work } from './draft.js'
import { asMap } from './merge.js'

const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/
const IMAGE = /^[A-Za-z0-9[][A-Za-z0-9._:/@[\]-]{0,511}$/
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/
const OF_HC = /^HC_(?:JOB|SLOT|HOST|PORT_\w+)$/
const PRIVATE =
  /(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|CREDENTIALS?|(?:API|PRIVATE|ACCESS|ENCRYPTION)_?KEY(?:_BASE)?)(?!.*_FILE$)/i

/** Docker's own name of an image in full: podman asks for a registry where none is named. */
export function fullImage(image: string): string {
  const [first = '', ...rest] = image.split('/')
  if (rest.length === 0) return `docker.io/library/${image}`
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`
}

/** image, build, pull_policy, platform. */
export function imageOf(work: Work): void {
  const { from, draft, shared, teller, place } = work
  const image = from.text('image')
  const build = from.take('build')
  if (image !== null && image.text !== '') {
    draft.fields.image = IMAGE.test(image.text) ? fullImage(image.text) : image.text
    if (build !== null)
      teller.leftOut('build', build.place, 'hc builds no images', 'build it and push it to where the hosts pull from')
  } else {
    const made = `localhost/${shared.project}-${draft.service.toLowerCase()}:latest`
    draft.fields.image = made
    draft.fields.pull = 'never'
    const hint = `build it on the hosts as ${made} (hc host run), or push it and name it in image`
    if (build !== null) teller.differs('build', build.place, 'hc builds no images', hint)
    else teller.differs('image', place, 'the service has no image', hint)
  }
  const policy = from.text('pull_policy')
  const known: Readonly<Record<string, string>> = {
    always: 'always',
    never: 'never',
    missing: 'missing',
    if_not_present: 'missing',
  }
  if (policy !== null && known[policy.text] !== undefined) {
    if (known[policy.text] !== 'missing') draft.fields.pull = known[policy.text] ?? ''
  } else if (policy !== null)
    teller.leftOut(
      'pull_policy',
      policy.place,
      `hc has no pull policy "${policy.text}"`,
      'hc job update looks for a newer image',
    )
  platformOf(work)
}

const MACHINES: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  'arm/v7': 'armv7l',
  386: 'i686',
}

function platformOf({ from, draft, teller }: Work): void {
  const platform = from.text('platform')
  if (platform === null) return
  const machine =
    MACHINES[platform.text.replace(/^linux\//, '')] ?? MACHINES[platform.text.replace(/^linux\/|\/v8$/g, '')]
  if (machine !== undefined) addTo(draft.fields, 'constraints', `arch == ${machine}`)
  else
    teller.leftOut(
      'platform',
      platform.place,
      `"${platform.text}" is no machine that hc can name`,
      'constraints: ["arch == x86_64"]',
    )
}

/** Adds a member to a list of the job. */
export function addTo(fields: Record<string, Json>, key: string, item: string): void {
  const before = fields[key]
  const items: readonly Json[] = Array.isArray(before) ? before : []
  if (!items.includes(item)) fields[key] = [...items, item]
}

/** A command as Compose reads it: a list, or a line that is split as a shell would, without being run by one. */
export function words(value: Value): readonly string[] | null {
  if (value.kind === 'list') {
    const texts = value.items.map((item) => (item.kind === 'scalar' ? item.text : null))
    return texts.every((text) => text !== null) ? texts : null
  }
  if (value.kind !== 'scalar') return null
  // A "#" begins no comment here.
  const split = splitLine(value.text.replaceAll('\\\n', ' ').replaceAll('#', '\u{f0023}'))
  return typeof split === 'string' ? null : split.map(({ text }) => text.replaceAll('\u{f0023}', '#'))
}

/** command, user, working_dir. */
export function commandOf({ from, draft, teller }: Work): void {
  const command = from.take('command')
  const argv = command === null ? [] : words(command.value)
  if (command !== null && argv === null)
    teller.leftOut('command', command.place, 'can not be split into words', 'write it as a list of words')
  else if (command !== null && (argv?.[0] === '' || /[\n\r]/.test(argv?.[0] ?? '')))
    teller.leftOut('command', command.place, 'its first word names no program', 'write command: [PROGRAM, ...]')
  else if (argv !== null && argv.length > 0) draft.fields.command = argv
  const user = from.text('user')
  if (user !== null && user.text !== '') {
    if (USER.test(user.text)) draft.fields.user = user.text
    else teller.leftOut('user', user.place, `"${user.text}" is no USER or USER:GROUP`, 'write user: 1000:1000')
  }
  const folder = from.text('working_dir')
  if (folder !== null && /^\/[^:,]+$/.test(folder.text)) draft.fields.workdir = folder.text
  else if (folder !== null)
    teller.leftOut('working_dir', folder.place, `"${folder.text}" is no absolute path that hc takes`)
}

/** environment, env_file. */
export function environmentOf({ from, draft, shared, teller }: Work): void {
  const entry = from.take('environment')
  const value = entry === null ? null : asMap(entry.value)
  const env: Record<string, string> = {}
  const open: string[] = []
  for (const { key, place, value: given } of value?.kind === 'map' ? value.entries : []) {
    const name = `environment.${key}`
    const text = given.kind === 'scalar' ? (given.value === null ? shared.variables.get(key) : given.text) : undefined
    if (given.kind !== 'scalar') teller.leftOut(name, place, 'is no single value, as it should be')
    else if (!ENV_NAME.test(key))
      teller.leftOut(
        name,
        place,
        'hc takes names of letters, digits, "_", "." and "-" only',
        'bring the setting in a file: files:',
      )
    else if (OF_HC.test(key)) teller.leftOut(name, place, `hc sets ${key} itself`, 'choose another name')
    else if (text === undefined)
      teller.leftOut(
        name,
        place,
        'its value is that of the environment, where it is not set',
        `secrets: {${key}: {env: ${key}}}`,
      )
    else {
      env[key] = text
      if (PRIVATE.test(key) && text !== '') open.push(key)
    }
  }
  if (Object.keys(env).length > 0) draft.fields.env = env
  const [first] = open
  if (entry !== null && first !== undefined)
    teller.differs(
      'environment',
      entry.place,
      `${open.join(', ')} ${open.length === 1 ? 'stands' : 'stand'} in the job file in plain text`,
      `secrets: {${first}: {file: ./secrets/${first}}} keeps a secret out of it`,
    )
  const files = from.list('env_file').flatMap((item) => envFile(item, { shared, teller }))
  if (files.length > 0) draft.fields.env_file = files
}

function envFile(item: Value, { shared, teller }: Pick<Work, 'shared' | 'teller'>): readonly string[] {
  const part = (key: string) => {
    const found = item.kind === 'map' ? item.entries.find((entry) => entry.key === key)?.value : undefined
    return found?.kind === 'scalar' ? found.text : null
  }
  const written = item.kind === 'scalar' ? item.text : part('path')
  if (written === null || written === '') {
    teller.leftOut('env_file', item.place, 'names no file')
    return []
  }
  const path = absolutePath(shared, written, item.place)
  const text = shared.door.read(path)
  if (text === null && part('required') === 'false') {
    teller.leftOut('env_file', item.place, `${written} is not there, and not required`)
    return []
  }
  if (part('format') !== null)
    teller.differs('env_file.format', item.place, 'hc reads NAME=value lines as Compose does by default')
  if (text === null) teller.differs('env_file', item.place, `${written} is not there yet`, 'make it before hc apply')
  else if (strangeLine(text) !== null)
    teller.differs(
      'env_file',
      item.place,
      `line ${strangeLine(text)} of ${written} is no NAME=value as hc takes it, and hc apply refuses the job`,
      'one NAME=value in each line, a name of letters, digits and "_"',
    )
  else if (/^[^#\n']*=[^'\n]*\$/m.test(text))
    teller.differs(
      'env_file',
      item.place,
      `${written} names variables, which hc does not put in`,
      'write their values into it',
    )
  return [sourceOf(shared, path)]
}

/** The first line of an env file that `hc apply` refuses, from 1; null: there is none. */
function strangeLine(text: string): number | null {
  const index = text.split(/\r?\n/).findIndex((line) => !/^\s*(?:#.*|(?:export\s+)?[A-Za-z_]\w*\s*=.*)?$/.test(line))
  return index < 0 ? null : index + 1
}
