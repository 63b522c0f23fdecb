// Variables of files beside the inventory.
import type { Case } from './compare.js'

const TREE =
  'all: {vars: {v: all}, hosts: {lone: }, children: {web: {hosts: {a: {h: inv}, b: }, vars: {v: web}, children: {deep: {hosts: {c: }, vars: {v: deep}}}}, db: {hosts: {a: }, vars: {v: db}}}}\n'
const of = (files: Readonly<Record<string, string>>, more: Partial<Case> = {}): Case => ({
  files: { 'inventory.yml': TREE, ...files },
  ...more,
})

/** group_vars/ and host_vars/. */
export const variables: Readonly<Record<string, Case>> = {
  'of every kind': of({
    'group_vars/all.yml': 'v: gv-all\nw: gv-all\n',
    'group_vars/web': 'w: gv-web\n',
    'group_vars/deep.yaml': 'w: gv-deep\n',
    'group_vars/db.json': '{"w": "gv-db", "n": 1e2}',
    'host_vars/a.yml': 'h: hv\nw: hv-a\n',
    'host_vars/c.json': '{"h": 1}',
  }),
  'a bare name before an extension': of({ 'group_vars/web': 'x: bare\n', 'group_vars/web.yml': 'x: yml\ny: 1\n' }),
  '.yml before .yaml before .json': of({
    'group_vars/web.yml': 'x: yml\n',
    'group_vars/web.yaml': 'y: 1\n',
    'group_vars/web.json': '{"z": 1}',
    'group_vars/db.json': '{"z": 1}',
    'group_vars/db.yaml': 'q: 1\n',
  }),
  'a folder before a file': of({ 'group_vars/web/x.yml': 'x: folder\n', 'group_vars/web.yml': 'x: file\ny: 1\n' }),
  'an empty folder before a file': of({ 'group_vars/web/': '', 'group_vars/web.yml': 'x: file\n' }),
  'a folder with nothing that is read before a file': of({
    'group_vars/web/.gitkeep': '',
    'group_vars/web.yml': 'x: file\n',
  }),
  'folders in folders': of({
    'group_vars/all/z.yml': 'x: z\n',
    'group_vars/all/a.yml': 'x: a\ny: a\n',
    'group_vars/all/m/b.yml': 'x: m\ny: m\nz: m\n',
    'group_vars/all/m/deeper/c': 'z: deeper\nq: 1\n',
    'group_vars/all/d.d/c.yml': 'no: 1\n',
  }),
  'order of names in a folder': of({
    'group_vars/web/B': 'x: B\n',
    'group_vars/web/a': 'x: a\n',
    'group_vars/web/a-b': 'x: a-b\n',
    'group_vars/web/sub/c': 'x: sub\n',
  }),
  'names that are not read': of({
    'group_vars/web/.hidden.yml': 'x: 1\n',
    'group_vars/web/backup.yml~': 'x: 2\n',
    'group_vars/web/notes.txt': 'x: 3\n',
    'group_vars/web/save.yml.bak': 'x: 4\n',
    'group_vars/web/README': 'read: yes\n',
    'group_vars/web/.git/x.yml': 'x: 5\n',
    'group_vars/web/trailing.': 'x: 6\n',
    'group_vars/nobody.yml': 'x: 7\n',
    'group_vars/web.txt': 'x: 8\n',
  }),
  'a folder with an extension': of({ 'group_vars/web.yml/x.yml': 'x: 1\n' }),
  'empty files': of({
    'group_vars/all.yml': '',
    'group_vars/web.yml': '---\n',
    'group_vars/db.yml': '# none\n',
    'host_vars/a.yml': '{}\n',
    'host_vars/b.yml': '[]\n',
    'host_vars/c.yml': '0\n',
  }),
  'a file that is a list': of({ 'group_vars/web.yml': '- a\n' }),
  'a file that is a word': of({ 'host_vars/a.yml': 'hello\n' }),
  'a file that is no YAML': of({ 'host_vars/a.yml': 'a: [\n' }),
  'two documents': of({ 'host_vars/a.yml': 'a: 1\n---\nb: 2\n' }),
  'priority in a file has no effect': of({
    'group_vars/db.yml': 'ansible_group_priority: 10\nw: db\n',
    'group_vars/web.yml': 'w: web\n',
  }),
  'priority in the inventory counts for files too': {
    files: {
      'inventory.yml':
        'all: {children: {web: {hosts: {a: }, vars: {ansible_group_priority: 5}}, zzz: {hosts: {a: }}}}\n',
      'group_vars/web.yml': 'w: web\n',
      'group_vars/zzz.yml': 'w: zzz\n',
    },
  },
  'files of groups win over the inventory': of({ 'group_vars/all.yml': 'v: file-all\n' }),
  'keys twice': of({ 'host_vars/a.yml': 'x: 1\nx: 2\n' }),
  'keys that are no text': of({ 'host_vars/a.yml': '2: x\nyes: y\n' }, { without: 'graphsWithVars' }),
  'replaced, not merged': of({
    'group_vars/web.yml': 'd: {x: 1, y: 2}\nl: [1]\n',
    'host_vars/a.yml': 'd: {y: 3}\nl: [2]\n',
  }),
  'vars of ungrouped': of({ 'group_vars/ungrouped.yml': 'u: 1\n' }),
  'host files with dots': {
    files: {
      'inventory.yml': 'all: {hosts: {a.lan: , b.lan.yml: }}\n',
      'host_vars/a.lan': 'x: 1\n',
      'host_vars/a.lan.yml': 'x: 2\n',
      'host_vars/b.lan.yml': 'x: 3\n',
    },
  },
  'host folder with dots': {
    files: { 'inventory.yml': 'all: {hosts: {a.lan: }}\n', 'host_vars/a.lan/x.yml': 'x: 1\n' },
  },
  'an inventory in a folder': {
    files: { 'inv/prod.yml': TREE, 'inv/group_vars/web.yml': 'x: 1\n', 'group_vars/web.yml': 'x: not read\n' },
    inventory: 'inv/prod.yml',
  },
  'vault and unsafe': of(
    {
      'group_vars/all.yml':
        's: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\nu: !unsafe "{{ x }}"\nl: [!unsafe a, b]\n',
    },
    { without: 'graphsWithVars' },
  ),
  'JSON of tags': of(
    { 'group_vars/all.json': '{"s": {"__ansible_vault": "x"}, "u": {"__ansible_unsafe": "y"}}' },
    { without: 'graphsWithVars' },
  ),
  jinja: of({ 'group_vars/all.yml': 'a: "{{ b }}"\nb: "{% raw %}x{% endraw %}"\n' }),
  'variables are not text': of({
    'group_vars/all.yml':
      'i: 5\nf: 1.0\nt: yes\nn:\nl: [1, yes, ~, 1.5, x, "it\'s"]\nd: {a: 1, b: {c: [no]}}\ns: "5"\n',
  }),
}
