// Patterns that are asked of inventories.
import type { Random } from '../../sim/random.js'
import type { Case } from './compare.js'

const INVENTORY = `
all:
  hosts: {lone: , edge1.lan: , "10.0.0.1": , web9: }
  children:
    web: {hosts: {"nuc[1:4]": }, children: {deep: {hosts: {nuc9: }}}}
    db: {hosts: {nuc4: , nuc1: , tower: }}
    web-x.y: {hosts: {tower: , x-1: }}
    empty:
`

const ODD = `
all * ? *.* ungrouped web db empty web:db web,db db:web web:&db web:!db !web &db web:&db:!nuc1 &db:web !nuc1:web all:!web:!db
nuc1 nuc1:nuc1 nuc4,nuc1 web:nuc1 nuc1,web tower:web tower,web:db nuc? nuc* *1* nuc[12] nuc[!12] nuc[1-3] nuc[3-1] nuc[12]* n*[1] [nt]* [!n]*
~nuc ~nuc[13] ~.*1$ ~^(web|db)$ ~(?i)NUC1 ~nuc\\d ~nuc1|tower ~web ~(?P<x>n)uc1 ~nuc1\\Z ~\\Anuc ~uc ~( ~[ ~* ~
web[0] web[1] web[-1] web[-5] web[-6] web[4] web[5] web[9] web[0:1] web[1:2] web[1:] web[0:] web[3:9] web[7:9] web[2:0] web[2:1] web[0:0] web[1-2] web[1-] web[-2:-1] web[:2] web[a] web[] web[0][0]
*[-1] *[-2] *[3:9] *b*[4] n*[-1] all[0] all[-1] all[0:2] *[0] *[0:1] nuc*[0] web:db[0] db[0]:db[1] db[0],db[-1] web:!web[0] web:&db[0] nuc1[0] nuc1[1] lone[0] ~web[0] tower[0:3] empty[0] web[00] web[01]
edge1.lan edge1.* *.lan 10.0.0.1 10.0.0.* 10.0.0.1:web web-x.y web-x.* x-1 web9 web9:web web9:9
web: :web web:: ,web web, web,,db web,:db web:!  !  & web:& web:!& !!web &&web web:&&db
nope nope:web web:nope web:!nope web:&nope nope* web:!nope* ~nope web,nope !nope &nope nope[0] Web WEB
localhost 127.0.0.1 ::1 localhost:web web:!localhost all:!localhost,!127.0.0.1 web:&localhost localhost[0] !localhost
nuc1:22 web:22 nuc1:2222:nuc2 fe80::1 [fe80::1]:22 nuc[1:3] nuc[1:2]:tower @file web:@file a;b a|b a+b a$b ^web web$ a\\b (web) {web}
`
  .trim()
  .split(/[ \n]+/)

const SPACED = [
  '',
  ' ',
  ' web',
  'web ',
  'web db',
  ' web , db ',
  'web : db',
  'web :&db',
  'web:& db',
  'web, &db',
  'web, ! db',
  '\tweb',
  'web\ndb',
  'nuc 1',
  'web [0]',
  'web[0 ]',
  'nuc1, nuc2 ,nuc3',
  'all: !web',
  '! web',
]

const LIMITS = [
  'web',
  'nuc4:nuc1',
  'web:!nuc1',
  'db[0]',
  '@hosts.txt',
  '@hosts.txt:web',
  'web:@hosts.txt',
  '@hosts.txt,!nuc2',
  '@empty.txt',
  'nope*',
]

/** Every pattern that came to mind. */
export const patternCase: Case = {
  files: { 'inventory.yml': INVENTORY, 'hosts.txt': 'nuc2\n\n  tower \nweb[0]\n!nuc9\n', 'empty.txt': '\n' },
  patterns: [...ODD, ...SPACED],
  limits: LIMITS,
}

/** A pattern of a few parts over these names. */
export function randomPattern(random: Random, names: readonly string[]): string {
  const part = (): string => {
    const name = random.pick(names)
    return random.weighted<() => string>([
      [() => name, 8],
      [() => `${name}[${random.between(-3, 4)}]`, 2],
      [() => `${name}[${random.between(0, 3)}:${random.chance(0.3) ? '' : random.between(0, 4)}]`, 2],
      [() => `${name.slice(0, random.between(1, name.length))}*`, 3],
      [() => `*${name.slice(-random.between(1, name.length))}`, 2],
      [() => `${name.slice(0, -1)}?`, 2],
      [() => `~${name.slice(0, random.between(1, name.length))}`, 1],
      [() => `~(${name}|${random.pick(names)})`, 1],
      [() => `${name.slice(0, -1)}[!${name.slice(-1)}]`, 1],
      [() => random.pick(['all', '*', 'ungrouped']), 2],
    ])()
  }
  const sign = () =>
    random.weighted([
      ['', 5],
      ['&', 2],
      ['!', 2],
    ] as const)
  const separator = random.pick([':', ',', ', ', ':'])
  return Array.from({ length: random.between(1, 4) }, () => `${sign()}${part()}`).join(separator)
}
