// Writes docs/jobs.md and docs/variables.md from schema/*.json and scripts/reference.yml. With --check it writes nothing and
// fails where they are stale. Needs no build.
import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'

const ROOT = new URL('../', import.meta.url)
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8')
const BESIDE = parse(read('scripts/reference.yml'))

/** Kinds of amounts: their schemas are told apart by their first example. */
const AMOUNTS = new Map([
  ['200m', 'cpu'],
  ['500m', 'cpu'],
  ['64Mi', 'size'],
  ['5s', 'time'],
  ['1', 'number of devices'],
  ['1.5', 'factor'],
])

/** What is said of each word of a command. */
const ARGV = 'a word of the command'

/** A value as it stands in a file, in one line. */
function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}: ${flow(each)}`)
      .join(', ')}}`
  }
  if (typeof value !== 'string') return String(value)
  const plain = /^[A-Za-z0-9./_-][A-Za-z0-9 ./_=<>:@%+-]*$/.test(value) && !/: |:$| $|^-(?![a-z])/.test(value)
  return plain && typeof parse(value) === 'string' ? value : JSON.stringify(value)
}

const code = (value) => `\`${flow(value)}\``
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** The parts of a choice, flat. */
function parts(schema) {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(parts)
}

/** `text`, or where to read it: told in few words, and not field by field. */
function isPrivate(schema) {
  const fields = parts(schema).find((part) => part.properties !== undefined)?.properties
  return schema.anyOf !== undefined && fields !== undefined && Object.keys(fields).join() === 'file,env,command'
}

function scalarType(schema) {
  const remark = schema.$comment?.replace(/^from (\S+) to/, '$1 to')
  if (schema.examples !== undefined) {
    const kind = AMOUNTS.get(String(schema.examples[0]))
    if (kind === undefined) throw new Error(`no kind of amount has the example ${schema.examples[0]}`)
    return remark === undefined ? kind : `${kind}, ${remark}`
  }
  const types = [schema.type].flat()
  if (types.includes('integer')) {
    return types.includes('string') ? 'octal number' : `whole number, ${schema.minimum} to ${schema.maximum}`
  }
  if (types.length === 1 && types[0] === 'number') return `number, ${schema.minimum} to ${schema.maximum}`
  if (types[0] === 'boolean') return types.length > 1 ? 'yes or no' : 'true or false'
  return remark === undefined ? 'text' : remark.replace(/^(?:an?|the) /, '')
}

/** What may be written, in words. */
function typeOf(schema) {
  if (isPrivate(schema)) return 'text, or `{file: PATH}`, `{env: NAME}` or `{command: [...]}`'
  if (schema.anyOf !== undefined) {
    const all = parts(schema)
    const many = all.find((part) => part.type === 'array')
    const single = all.filter((part) => part !== many && part.type !== 'array')
    const named = [...new Set(single.map(typeOf))].join(', or ')
    return many === undefined ? named : `${named.replace(/:.*/, '')}; or a list of such`
  }
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ')
  if (schema.type === 'array')
    return schema.items.$comment === ARGV ? 'list of words' : `list of: ${typeOf(schema.items)}`
  if (schema.type !== 'object') return scalarType(schema)
  if (schema.properties !== undefined) return 'mapping'
  return `NAME: ${typeOf(schema.additionalProperties)}`
}

/** The fields below a field, with what their names have in front. */
function below(schema, path) {
  if (isPrivate(schema)) return []
  const all = parts(schema)
  const list = all.find((part) => part.type === 'array')
  const found = list === undefined ? all : parts(list.items)
  const at = list === undefined ? path : `${path}[]`
  return found.flatMap((part) => {
    if (part.properties !== undefined) {
      return Object.entries(part.properties)
        .filter(([, field]) => field.not === undefined)
        .map(([name, field]) => ({
          path: `${at}.${name}`,
          name,
          field,
          needed: part.required?.includes(name) ?? false,
        }))
    }
    return typeof part.additionalProperties === 'object' ? below(part.additionalProperties, `${at}.NAME`) : []
  })
}

/** What the examples of a field have at a path below it. */
function examplesAt(examples, path) {
  const steps = path.match(/\[\]|[^.[\]]+/g)?.slice(1) ?? []
  return steps.reduce(
    (values, step) =>
      values.flatMap((value) => {
        if (step === '[]') return Array.isArray(value) ? value : [value]
        if (value === null || typeof value !== 'object') return []
        if (step === 'NAME') return Object.values(value)
        return value[step] === undefined ? [] : [value[step]]
      }),
    examples,
  )
}

function defaultOf({ field, needed, name, path }, given) {
  if (needed) return 'required'
  if (field.default !== undefined) {
    const empty = typeof field.default === 'object' && Object.keys(field.default).length === 0
    return empty
      ? below(field, path).length > 0 && field.properties !== undefined
        ? 'as below'
        : 'none'
      : code(field.default)
  }
  const without = typeof given.without === 'object' ? given.without[path.includes('.') ? name : ''] : undefined
  const said = without ?? (typeof given.without === 'string' && !path.includes('.') ? given.without : undefined)
  if (said === undefined) {
    if (field.properties !== undefined) return 'as below'
    if (path.includes('.') || /none/.test(String(given.without?.[''])))
      throw new Error(`${path}: say in reference.yml what holds without it`)
    return 'none'
  }
  return said
}

function rows(entry, given) {
  const { path, field, name } = entry
  const found = path.includes('.') ? examplesAt(given.examples, path).slice(0, 1) : given.examples
  if (found.length === 0) throw new Error(`${path}: reference.yml has no example of it`)
  const about = field.description ?? given.about?.[name]
  if (about === undefined) throw new Error(`${path}: nobody says what it is`)
  const line = [
    `\`${path}\``,
    given.what?.[name] ?? typeOf(field),
    defaultOf(entry, given),
    about,
    found.map(code).join(' or '),
  ]
  return [`| ${line.map(cell).join(' | ')} |`, ...below(field, path).flatMap((each) => rows(each, given))]
}

function section({ title, text, fields }, properties, left) {
  const table = Object.entries(fields).flatMap(([name, given]) => {
    if (!left.delete(name)) throw new Error(`${name} is in reference.yml twice, or in no schema`)
    return rows({ path: name, name, field: properties[name], needed: false }, given)
  })
  return [
    `## ${title}`,
    '',
    text.trim(),
    '',
    '| field | what | default | about | example |',
    '|---|---|---|---|---|',
    ...table,
    '',
  ]
}

function sections(list, properties) {
  const left = new Set(Object.keys(properties))
  const lines = list.flatMap((each) => section(each, properties, left))
  if (left.size > 0) throw new Error(`reference.yml does not place ${[...left].join(', ')}`)
  return lines
}

const MADE = (schema) =>
  `<!-- Made by scripts/reference.mjs from schema/${schema}.schema.json and scripts/reference.yml: change those, and run it. -->`

const AMOUNTS_TEXT = `Amounts are written with their unit:

| | |
|---|---|
| cpu | cores, \`1.5\`, or thousandths of one, \`200m\` |
| size | bytes: \`64Mi\`, \`1.5Gi\` (powers of 1024), \`64M\`, \`2G\` (powers of 1000), or a plain number |
| time | \`200ms\`, \`5s\`, \`1h30m\`, \`2d\`; a number without a unit is refused |
| number of devices | \`1\`, \`2\`; \`0.5\` is a share of one |`

const MODELINE = (
  schema,
  where,
) => `Editors with a YAML language server complete and check the fields, from a line at the top of ${where}:

\`\`\`yaml
# yaml-language-server: $schema=../schema/${schema}.schema.json
\`\`\`

with the path of the file in [schema/](../schema), which lies in the installed package too; \`hc init\` and \`hc import\` write the line.`

function jobs() {
  const { properties } = JSON.parse(read('schema/job.schema.json'))
  return [
    MADE('job'),
    '# The job file',
    '',
    `All fields of \`jobs/NAME.yml\`. The samples under [jobs/](../jobs) are a better beginning; \`hc validate\` says what is wrong with yours, with line
and column. Job files are YAML 1.2. [concepts.md](concepts.md) has the words.`,
    '',
    AMOUNTS_TEXT,
    '',
    MODELINE('job', 'the file'),
    '',
    ...sections(BESIDE.job, properties),
  ]
}

function variables() {
  const all = JSON.parse(read('schema/inventory.schema.json')).$defs
  const host = all.variables.properties
  const cluster = Object.fromEntries(
    Object.entries(all.clusterVariables.properties).filter(([name]) => host[name] === undefined),
  )
  return [
    MADE('inventory'),
    '# Variables of the inventory',
    '',
    `hc's own settings are variables of \`inventory.yml\` that begin with \`hc_\`; an unknown one is an error. \`hc inventory set\` and \`unset\` change them in
place ([inventory.md](inventory.md)). The inventory is read as YAML 1.1, as Ansible does.`,
    '',
    AMOUNTS_TEXT,
    '| factor | `1.2`: how many times |',
    '',
    MODELINE('inventory', 'the inventory').replace('../schema', 'schema'),
    '',
    ...sections(BESIDE.cluster, cluster),
    ...sections(BESIDE.host, host),
    '## How a host is reached',
    '',
    `Ansible's own variables. What they leave open is looked up in \`~/.ssh/config\`, as \`ssh -G\` would. Passwords (\`ansible_password\`,
\`ansible_become_password\`) are not used, and hc says so.`,
    '',
    '| variable | default | about |',
    '|---|---|---|',
    ...BESIDE.ansible.map(([name, without, about]) => `| \`${name}\` | ${cell(without)} | ${cell(about)} |`),
    '',
  ]
}

const check = process.argv.includes('--check')
let stale = false
for (const [path, lines] of [
  ['docs/jobs.md', jobs()],
  ['docs/variables.md', variables()],
]) {
  const text = `${lines.join('\n').trimEnd()}\n`
  if (!check) writeFileSync(new URL(path, ROOT), text)
  else if (read(path) !== text) {
    process.stderr.write(`${path} is stale: run node scripts/reference.mjs\n`)
    stale = true
  }
}
process.exitCode = stale ? 1 : 0
