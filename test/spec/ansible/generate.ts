// Inventories that only look random: a seed gives one, with files beside it and patterns over its names.
import { Random } from '../../sim/random.js'
import { generatedIni } from './cases-ini.js'
import type { Case } from './compare.js'
import { randomPattern } from './patterns.js'

const VALUES = [
  ...[
    '1',
    '010',
    '1.50',
    'yes',
    'no',
    '~',
    '"text"',
    'plain text',
    '1:30',
    '0x1f',
    '2024-01-02',
    '"{{ other }}"',
    "'it''s'",
  ],
  ...['[1, yes, x]', '{k: 1, l: [a, 2.0]}', '!unsafe "{{ x }}"', '1_000', '1e3', '""', '"é"', '-3', '{}', '[]'],
]
const VARIABLES = ['v', 'w', 'x', 'port_of', 'd', 'e-e']
const GROUPS = ['web', 'db', 'a', 'b', 'c-c', 'd.d', 'e_e', 'site1', 'site2', 'Z']
const HOSTS = ['n1', 'n2', 'n3', 'n10', 'edge.lan', 'edge-2.lan', 'tower', 'x_y', 'N1', '10.0.0.9']
const RANGES = ['n[1:4]', 'n[08:11]', 'r[a:c]', 'e[0:6:3].lan', 'm[1:2]-[a:b]', 'n[1:2]:2222', 'tower:22']

class Generator {
  constructor(private readonly random: Random) {}

  vars(most: number): string {
    const { random } = this
    const entries = Array.from(
      { length: random.between(0, most) },
      () => `${random.pick(VARIABLES)}: ${random.pick(VALUES)}`,
    )
    if (random.chance(0.1)) entries.push(`ansible_user: ${random.pick(['root', 'admin', '"me"'])}`)
    // A flow mapping with a key twice is fine too: the last one counts.
    return `{${entries.join(', ')}}`
  }

  hosts(indent: string): string {
    const { random } = this
    const lines = Array.from({ length: random.between(0, 4) }, () => {
      const name = random.chance(0.3) ? random.pick(RANGES) : random.pick(HOSTS)
      return `${indent}  ${JSON.stringify(name)}: ${random.chance(0.5) ? '' : this.vars(3)}\n`
    })
    return lines.length === 0 ? `${indent}hosts:\n` : `${indent}hosts:\n${lines.join('')}`
  }

  /** Groups may name only those that come later in `names`: no circles. */
  group(name: string, below: readonly string[], indent: string, depth: number): string {
    const { random } = this
    let text = `${indent}${name}:\n`
    const sections = [
      () => (random.chance(0.7) ? this.hosts(`${indent}  `) : ''),
      () => (random.chance(0.5) ? this.groupVars(`${indent}  `) : ''),
      () => (depth < 3 && below.length > 0 && random.chance(0.6) ? this.children(below, `${indent}  `, depth + 1) : ''),
    ].sort(() => random.next() - 0.5)
    for (const section of sections) text += section()
    return text
  }

  private groupVars(indent: string): string {
    const priority = this.random.chance(0.2) ? `${indent}  ansible_group_priority: ${this.random.between(0, 12)}\n` : ''
    const name = this.random.pick(VARIABLES)
    return `${indent}vars:\n${priority}${indent}  ${name}: ${this.random.pick(VALUES)}\n${indent}  z: ${this.random.between(0, 99)}\n`
  }

  children(from: readonly string[], indent: string, depth: number): string {
    const { random } = this
    const names = from.filter(() => random.chance(0.45))
    const lines = names.map((name) =>
      random.chance(0.4)
        ? `${indent}  ${name}:\n`
        : this.group(name, from.slice(from.indexOf(name) + 1), `${indent}  `, depth),
    )
    return `${indent}children:\n${lines.join('')}`
  }

  inventory(): string {
    const { random } = this
    const names = [...GROUPS].sort(() => random.next() - 0.5)
    const blocks = [
      `all:\n${random.chance(0.7) ? this.hosts('  ') : ''}${random.chance(0.6) ? this.groupVars('  ') : ''}${this.children(names, '  ', 0)}`,
    ]
    for (const [index, name] of names.entries()) {
      if (random.chance(0.25)) blocks.push(this.group(name, names.slice(index + 1), '', 0))
    }
    if (random.chance(0.2)) blocks.push(`ungrouped:\n${this.hosts('  ')}`)
    return blocks.sort(() => random.next() - 0.5).join('')
  }

  beside(): Record<string, string> {
    const { random } = this
    const files: Record<string, string> = {}
    const add = (folder: string, name: string) => {
      const path = random.weighted([
        [`${folder}/${name}.yml`, 5],
        [`${folder}/${name}`, 2],
        [`${folder}/${name}.yaml`, 1],
        [`${folder}/${name}.json`, 1],
        [`${folder}/${name}/main.yml`, 2],
        [`${folder}/${name}/10/x`, 1],
        [`${folder}/${name}/.hidden`, 1],
      ] as const)
      const text = random.chance(0.1) ? '' : `${random.pick(VARIABLES)}: ${random.pick(VALUES)}\nf: ${path}\n`
      // One path can't be a file and a folder.
      const clash = Object.keys(files).some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`))
      if (!clash) files[path] = path.endsWith('.json') ? JSON.stringify({ f: path, n: random.between(0, 9) }) : text
    }
    for (const name of ['all', 'ungrouped', ...GROUPS]) if (random.chance(0.3)) add('group_vars', name)
    for (const name of GROUPS) if (random.chance(0.1)) add('group_vars', name)
    for (const name of HOSTS) if (random.chance(0.25)) add('host_vars', name)
    return files
  }
}

/** The inventory of a seed. */
export function generated(seed: number): Case {
  const random = new Random(seed)
  const generator = new Generator(random)
  const format = seed % 4 === 0 ? 'hosts.ini' : 'inventory.yml'
  const text = seed % 4 === 0 ? generatedIni(random) : generator.inventory()
  const files = { [format]: text, ...generator.beside() }
  const names = [...GROUPS, ...HOSTS, 'n08', 'ra', 'e0.lan', 'm1-a']
  const patterns = Array.from({ length: 25 }, () => randomPattern(random, names))
  return { files, inventory: format, patterns, limits: patterns.slice(0, 2) }
}
