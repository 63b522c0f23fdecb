// Odd inventories in INI.
import type { Random } from '../../sim/random.js'
import type { Case } from './compare.js'

const of = (text: string, more: Partial<Case> = {}): Case => ({
  files: { 'hosts.ini': text },
  inventory: 'hosts.ini',
  ...more,
})
const value = (text: string): Case => of(`[g]\na v=${text}\n`)
const groupValue = (text: string): Case => of(`[g]\na\n[g:vars]\nv=${text}\n`)

/** Literals of Python that are no surprise, some that are, and text. */
const LITERALS = String.raw`
1 0 -1 +1 010 0o17 0x1F 0b11 00 1_000 1__0 _1 1. .5 1.0 -1.5 1e3 1E-5 1e400 010.5 1.2.3 10.0.0.1 5j 1a 0x 0xg - -- --1 - 
True False None true yes no on ~ null ... inf nan -inf True1 Truex
'a' "a" 'a'"b" 'it\'s' "tab\tx" '\x41\u00e9\U0001F600\101' '\q' '\x4' r'\n' u'x' b'x' rb'\n' f'x' 'open "open '''a''' '' 'a''b' 'a'b
[] [1] [1,2] [1,] [,] [1 [1,[2,'x']] ['a',None,True] [a] [1,2]x
() (1) (1,) (1,2) ((1)) 80,443 80, ,80 'a','b'
{} {'a':1} {'a':{'b':[1]}} {1:2} {'a':1,} {a:1} {'a'} {1,2,2} {'a':1,'a':2} {'a' {[1]:2} {None:1} set() set
1+2 2-1 1*2 a b+c a=b =a a==b 2024-01-02 2020-10-10 12:30 1:2 a.b a[0] f(x) lambda:1 "{{x}}" {{x}} {%x%} $HOME \\ # #x a#b
é 日本 "é" a;b ;a a,b [a,b] 1,a ./x /path/to:x ~/x a\\b -o -oA=b 99999999999 1e22 123456789.125 0.1
`
  .trim()
  .split(/[ \n]+/)

/** Values that hold spaces, in quotes on host lines. */
const SPACED = [
  "'a b'",
  '"[1, 2]"',
  `"{'a': 1, 'b': [1, 2]}"`,
  `"'80'"`,
  '"1 # c"',
  `"'x' # c"`,
  '"- 1"',
  '"{{ a }}"',
  `"it's"`,
  '"a \\" b"',
  '"\\\\n"',
  "'a'b'c d'",
  '" 1"',
  `"1 , 2"`,
  '"[1,\n2]"',
  '"1 + 2"',
  `"'a' 'b'"`,
  '"{ }"',
]

/** The INI format. */
export const ini: Readonly<Record<string, Case>> = {
  empty: of(''),
  comments: of('# a\n; b\n\n[g] # c\na # d\n#b\nc;d\n', { refused: 'no host name that hc can use' }),
  'hosts at the top': of('b\na\n[web]\na\nc\n'),
  groups: of('[web]\na\nb\n[db]\nb\n[all:vars]\nv=1\n[site:children]\nweb\ndb\n[site:vars]\nv=2\nw=3\n'),
  'children before their groups': of('[site:children]\nweb\ndb # later\n[top:children]\nsite\n[web]\na\n[db]\nb\n'),
  'children of children before any of them': of('[a:children]\nb\n[b:children]\nc\n[c:children]\nd\n[d]\nx\n'),
  'a child of two before it is declared': of('[a:children]\nc\n[b:children]\nc\n[c]\nx\n'),
  'a child that nobody declares': of('[a:children]\nb\n'),
  'a child that only has variables': of('[a:children]\nb\n[b:vars]\nv=1\n'),
  'variables before their group': of('[b:vars]\nv=1\n[b]\nx\n'),
  'variables of a group that nobody declares': of('[b:vars]\nv=1\n'),
  'a group twice': of('[g]\na\n[h]\nb\n[g]\nc\na v=1\n'),
  'an empty group': of('[g]\n[h]\na\n'),
  'a circle': of('[a:children]\nb\n[b:children]\na\n'),
  'a child twice': of('[a:children]\nb\nb\n[b]\nx\n'),
  'hosts written out': of('[g:hosts]\na\n'),
  'an unknown kind of section': of('[g:host]\na\n'),
  'spaces in a section': of('[my group]\na\n'),
  'spaces around a section': of('[ g ]\na\n'),
  'an indented section': of('  [g]  \n   a   v=1\n\tb\tv=2\n'),
  'a section without end': of('[g\na\n'),
  'a section with text behind it': of('[g] x\na\n'),
  'all as a section': of('[all]\nb\na\n[all:children]\ng\n[g]\nc\n'),
  'ungrouped as a section': of('[ungrouped]\na\n[g]\nb\na\n'),
  ranges: of('[g]\nn[1:3] v=1\nn[08:10].lan\nr[a:c]-[1:2]\nn[1:2]:2222\ne[0:4:2]\n'),
  'ports and aliases': of(
    'a:2222\nb ansible_host=10.0.0.1 ansible_port=22 ansible_user=me\nc:22 ansible_port=23\n10.0.0.1:24\n',
  ),
  'ports of known hosts': of('a\n[g]\na:2222\n'),
  'a colon at the end': of('a:\n'),
  'YAML in INI': of('---\nall:\n  hosts:\n    a:\n'),
  'words that are no variables': of('a b=1 c\n'),
  'a group name that is none': of('[a:children]\nb c\n'),
  'a variable that is none': of('[a]\nx\n[a:vars]\nword\n'),
  'quotes left open': of(`a v='b\n`),
  'spaces around =': of('[g]\na\n[g:vars]\n v = 1 \nw =a b\nx= "q" \n= y\ne=\n'),
  'comments behind variables': of(`[g]\na v=1 # c\nb v="x # y" # c\n[g:vars]\nw=1 # c\nx='q' # c\ny=text # c\nz=# c\n`),
  'a variable twice': of('a v=1 v=2\na w=1\n'),
  priority: of('[p]\na\n[q]\na\n[p:vars]\nv=p\nansible_group_priority=10\n[q:vars]\nv=q\n'),
  'a host named as a group': of('[web]\na\n[db]\nweb v=1\nb\n', { patterns: ['web', '!web'] }),
  unicode: of('[grüße]\na v=ü\n'),
  'Windows lines': of('[g]\r\na v=1\r\nb\r\n'),
  'no line at the end': of('[g]\na v=1'),
  'other line breaks': of('[g]\na\x0bb\x0cc\u2028d\x85e\n'),
  'a name without extension': { files: { hosts: '[g]\na v=1\n' }, inventory: 'hosts' },
  'hosts alone without extension': { files: { hosts: 'a\nb\n' }, inventory: 'hosts' },
  'YAML without extension': { files: { hosts: 'all: {hosts: {a: {v: 010}}}\n' }, inventory: 'hosts' },
  'YAML without extension, with markers': {
    files: { hosts: '# c\n---\nall:\n  hosts:\n    a:\n' },
    inventory: 'hosts',
  },
  'sections in a YAML file': { files: { 'inventory.yml': '# c\n[g]\na v=1\n[g:vars]\nw="x"\n' } },
  'hosts in a YAML file': { files: { 'inventory.yml': "a v=1 w='x y'\nb v=2\n[g] ; c\na\n" } },
  'another extension': { files: { 'hosts.prod': '[g]\na v=1\n' }, inventory: 'hosts.prod' },
  'an extension of numbers': { files: { 'prod.2': '[g]\na v=1\n' }, inventory: 'prod.2' },
  'files beside it': {
    files: {
      'hosts.ini': '[g]\na v=1 w=1\n[g:vars]\nx=1\n',
      'group_vars/g.yml': 'x: 2\n',
      'host_vars/a.yml': 'v: 2\n',
    },
    inventory: 'hosts.ini',
  },
  'sections that follow an unknown one': of('[g:x]\na\n[h]\nb\n'),
  backslashes: of(`a v=a\\\\b w="a\\b" x='a\\b' y=a\\ b\n`),
  'quotes in the middle': of(`a v=x"y z"w 'b=c d' "e"=f\n`),
  'all values of hosts': of(
    LITERALS.filter((text) => !/^\{\{|^\{\[|#|^\\|\\$|["'\\]/.test(text))
      .map((text, index) => `h${index} v=${text}\n`)
      .join(''),
    { without: 'graphsWithVars' },
  ),
  ...Object.fromEntries(LITERALS.filter((text) => /["'\\#]/.test(text)).map((text) => [`value ${text}`, value(text)])),
  ...Object.fromEntries(
    SPACED.filter((text) => !text.includes('\n')).map((text) => [`value with spaces ${text}`, value(text)]),
  ),
  ...Object.fromEntries(LITERALS.map((text) => [`group value ${text}`, groupValue(text)])),
  ...Object.fromEntries(SPACED.map((text) => [`group value with spaces ${text}`, groupValue(text.slice(1, -1))])),
}

const GROUPS = ['web', 'db', 'site', 'a-b', 'x.y', 'Z']
const HOSTS = ['n1', 'n2', 'edge.lan', 'n[1:3]', 'm[08:10]', 'r[a:b]:22', 'tower:2222', 'N1']
const VALUES = [
  '1',
  'True',
  'text',
  "'80'",
  '"a b"',
  '[1,2]',
  '1,2',
  '0x1f',
  '010',
  '1.50',
  'yes',
  '"{\'a\': 1}"',
  '"{{ x }}"',
  'None',
  '10.0.0.1',
]

/** An INI inventory of a seed's draws. */
export function generatedIni(random: Random): string {
  const vars = () =>
    Array.from({ length: random.between(0, 2) }, () => ` ${random.pick(['v', 'w', 'x'])}=${random.pick(VALUES)}`).join(
      '',
    )
  const hosts = () => Array.from({ length: random.between(0, 4) }, () => `${random.pick(HOSTS)}${vars()}\n`).join('')
  const names = [...GROUPS].sort(() => random.next() - 0.5)
  const blocks = names.flatMap((name, index) => {
    const below = names.slice(index + 1).filter(() => random.chance(0.4))
    return [
      `[${name}]\n${hosts()}`,
      ...(below.length > 0 ? [`[${name}:children]\n${below.join('\n')}\n`] : []),
      ...(random.chance(0.5) ? [`[${name}:vars]\nv = ${random.pick(VALUES)}\nz=${random.between(0, 99)}\n`] : []),
    ]
  })
  return `${hosts()}${blocks.sort(() => random.next() - 0.5).join('\n')}`
}
