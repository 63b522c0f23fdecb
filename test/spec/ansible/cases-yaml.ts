// Odd inventories in YAML. Ansible says what is right; `refused` is what hc refuses on purpose (docs/inventory.md).
import type { Case } from './compare.js'

const of = (text: string, more: Partial<Case> = {}): Case => ({ files: { 'inventory.yml': text }, ...more })
const value = (text: string, more: Partial<Case> = {}): Case => of(`all:\n  hosts:\n    a:\n      v: ${text}\n`, more)

/** Groups, hosts, ranges, and what Ansible says about their forms. */
export const structures: Readonly<Record<string, Case>> = {
  empty: of(''),
  'only a comment': of('# nothing\n'),
  'all without anything': of('all:\n'),
  'hosts at the top': of('all: {hosts: {b: , a: }}'),
  'groups at the top, beside all': of('web: {hosts: {a: }}\ndb: {hosts: {b: }}\n'),
  'a group mentioned before it is filled': of('all: {children: {x: {children: {y: }}, y: {hosts: {a: }}}}'),
  'a group filled before it is a child': of('y: {hosts: {a: }}\nx: {children: {y: }}\n'),
  'a group filled in two places': of(
    'x: {hosts: {a: }}\nall: {children: {x: {hosts: {b: }}, z: {children: {x: {hosts: {c: }}}}}}',
  ),
  'a diamond': of(
    'all: {children: {l: {children: {d: {hosts: {a: }}}}, r: {children: {d: , e: {hosts: {b: , a: }}}}}}',
  ),
  'a longer way down counts': of(
    'all: {children: {d: {hosts: {a: }, vars: {v: d}}, l: {children: {m: {children: {d: }}}, vars: {v: l}}, z: {hosts: {a: }, vars: {v: z}}}}',
  ),
  'a circle': of('a: {children: {b: {children: {a: }}}}'),
  'a group in itself': of('a: {children: {a: }}'),
  'all below another group': of('a: {children: {all: {hosts: {x: }}}}'),
  'empty groups': of('all: {children: {e: , f: {hosts: }, g: {children: {h: {}}}, i: {vars: {a: 1}}}, hosts: {a: }}'),
  'ungrouped, written': of(
    'all: {children: {ungrouped: {hosts: {b: , c: }, vars: {u: 1}}, web: {hosts: {c: , d: }}}, hosts: {a: , d: }}',
  ),
  'ungrouped at the top': of('ungrouped: {hosts: {b: }}\nall: {hosts: {a: }}'),
  'ungrouped below another': of('x: {children: {ungrouped: {hosts: {a: }}}}', { refused: 'ungrouped is no child' }),
  'hosts of all that are in groups too': of('all: {hosts: {a: {v: 1}, b: }, children: {web: {hosts: {a: {w: 2}}}}}'),
  'later mentions add variables': of(
    'all: {hosts: {a: {v: 1, w: {x: 1}}}, children: {web: {hosts: {a: {w: {y: 1}, z: 3}}}}}',
  ),
  'a range again overrides': of('all: {hosts: {"n[1:3]": {v: 1}, n2: {v: 2}, "n[2:4]": {w: 1}}}'),
  'a host named as a group': of('all: {children: {web: {hosts: {a: , db: {v: 1}}}, db: {hosts: {b: }}}}', {
    patterns: ['db', '!db', '&db', 'db[0]', 'web:&db', 'd*'],
  }),
  'a host named as a group before it': of('all: {children: {db: {hosts: {b: }}, web: {hosts: {a: , db: {v: 1}}}}}', {
    patterns: ['db', 'db,a', 'all:!db'],
  }),
  'an ungrouped host named as a group': of('all: {hosts: {web: {v: 1}, x: }, children: {web: {hosts: {a: }}}}', {
    patterns: ['web', 'ungrouped'],
  }),
  'a host named all': of('web: {hosts: {all: }}', { refused: 'is a group of every inventory' }),
  'names with - and .': of('my-group.x: {hosts: {h-1.lan: , h_2: }}\n"10": {hosts: {"1": }}', {
    patterns: ['my-group.x', '*.x', 'h-1.lan', '10', '1'],
  }),
  'names that are no text': of('all: {children: {yes: {hosts: {a: }}}}'),
  'hosts that are numbers': of('all: {hosts: {10: , a: }}'),
  'null as a name': of('all: {hosts: {~: , a: }}'),
  'unicode in names': of('grüße: {hosts: {a: {straße: ü, "日本": 語, emoji: "😀"}}}', { patterns: ['grüße', 'gr*'] }),
  'unicode host': of('all: {hosts: {höst: }}', { refused: 'no host name that hc can use' }),
  'IPv4 names': of('all: {hosts: {10.0.0.1: , "10.0.0.2:2222": , "10.0.0.[3:4]": }}', {
    patterns: ['10.0.0.1', '10.0.0.*', '10.0.0.1:10.0.0.2'],
  }),
  'IPv6 names': of('all: {hosts: {"fe80::1": }}', { refused: 'no host name that hc can use' }),
  'IPv6 with port': of('all: {hosts: {"[fe80::1]:22": }}', { refused: 'no host name that hc can use' }),
  'an address as host variable': of('all: {hosts: {a: {ansible_host: "fe80::1"}}}'),
  ports: of('all: {hosts: {"a:2222": , "b:22": {ansible_port: 1}, "c[1:2]:23": , "a:99": , "d:0": , "e:0022": }}'),
  'a port on a known host': of('all: {hosts: {a: , "a:2222": }}'),
  'bracketed port': of('all: {hosts: {"[a]:2222": }}'),
  'two ports': of('all: {hosts: {"[a:1]:2": }}'),
  'no host name, so no port': of('all: {hosts: {"a-:22": }}', { refused: 'no host name that hc can use' }),
  ranges: of(
    'all: {hosts: {"n[1:3]": , "p[08:11]": , "s[0:9:3]": , "e[:2]": , "z[000:002]x": , "l[a:e:2]": , "U[X:Z]": , "m[y:C]": , "r[a:b]-[1:2].lan": }}',
  ),
  'a range of a range': of('all: {hosts: {"[a:b][01:02][x:y]": }}'),
  'padding is of the beginning': of('all: {hosts: {"n[1:010]": }}'),
  'unequal padding': of('all: {hosts: {"n[01:100]": }}'),
  'an empty range': of('all: {hosts: {"n[3:1]": , a: }}', { refused: 'it is empty' }),
  'letters backwards': of('all: {hosts: {"n[c:a]": }}'),
  'a range without end': of('all: {hosts: {"n[1:]": }}'),
  'half a range': of('all: {hosts: {"n[1": }}'),
  'a range of one': of('all: {hosts: {"n[5:5]": }}'),
  'a range with a step of 0': of('all: {hosts: {"n[1:3:0]": }}'),
  'letters and numbers': of('all: {hosts: {"n[a:3]": }}'),
  'hosts as one word': of('all: {hosts: lone, children: {web: {children: deep}}}'),
  'hosts as a list': of('all: {hosts: [a, b]}'),
  'hosts as a number': of('all: {hosts: 5}'),
  'variables as a list': of('all: {hosts: {a: [1]}}'),
  'variables that are empty in other ways': of('all: {hosts: {a: "", b: [], c: 0, d: no, e: {}}}'),
  'a group as a word': of('web: nothing\nall: {hosts: {a: }}', { refused: 'must be a mapping' }),
  'an unknown section': of('all: {host: {a: }, hosts: {b: }}', { refused: 'a group holds hosts, children and vars' }),
  'vars as a word': of('all: {vars: x, hosts: {a: }}', { refused: 'vars of all must be a mapping' }),
  'a plugin': of('plugin: constructed\nhosts: {}\n', { refused: 'hc does not run inventory plugins' }),
  'a list at the top': of('- a\n- b\n'),
  'two documents': of('all: {hosts: {a: }}\n---\nall: {hosts: {b: }}\n'),
  'document markers': of('---\nall: {hosts: {a: }}\n...\n'),
  'a directive': of('%YAML 1.1\n---\nall: {hosts: {a: {v: yes}}}\n'),
  'keys twice': of(
    'all:\n  hosts:\n    a: {v: 1}\n    b:\n    a: {v: 2}\nall2: {hosts: {x: }}\nall2: {hosts: {y: }}\n',
  ),
  'sections twice': of('all:\n  hosts: {a: }\n  hosts: {b: }\n'),
  'CRLF and a mark at the beginning': of('\uFEFFall:\r\n  hosts:\r\n    a:\r\n      v: "x"\r\n'),
  'anchors and aliases': of(
    'all:\n  vars: {d: &d {x: 1, y: [1, 2]}, e: *d}\n  hosts: {a: &h {v: 1}, b: *h}\n  children: {w: &w {hosts: {c: }}, z: *w}\n',
  ),
  'merge keys': of(
    'all:\n  hosts:\n    a: &a {x: 1, y: 2}\n    b: &b {y: 3, z: 4}\n    c: {<<: *a, x: 9}\n    d: {<<: [*a, *b]}\n    e: {<<: *a, q: 1, <<: *b}\n    f: {q: 0, <<: {<<: *a, z: 5}}\n',
  ),
  'merged hosts come first': of(
    'x: &x {hosts: {m: , n: }}\ny: {<<: *x, vars: {v: 1}}\nz: {hosts: {o: , <<: {p: , o: }}}\n',
  ),
  'a merge of no mapping': of('all: {hosts: {a: {<<: 5}}}'),
  'an alias without anchor': of('all: {hosts: {a: *nobody}}'),
  'group priority': of(
    'all: {children: {p: {hosts: {a: }, vars: {v: p, ansible_group_priority: 10}}, q: {hosts: {a: }, vars: {v: q, ansible_group_priority: "9"}}, r: {hosts: {a: }, vars: {v: r}}}}',
  ),
  'group priority in octal': of(
    'all: {children: {p: {hosts: {a: }, vars: {v: p, ansible_group_priority: 010}}, q: {hosts: {a: }, vars: {v: q, ansible_group_priority: 9}}}}',
  ),
  'group priority that is none': of('p: {vars: {ansible_group_priority: high}}'),
  'group priority with a fraction': of('p: {hosts: {a: }, vars: {ansible_group_priority: 1.5}}', {
    refused: 'must be a whole number',
  }),
  'group priority of a host': of('p: {hosts: {a: {ansible_group_priority: 5}}}'),
  'siblings by name': of(
    'all: {children: {b: {hosts: {a: }, vars: {v: b}}, a1: {hosts: {a: }, vars: {v: a1}}, B: {hosts: {a: }, vars: {v: B}}}}',
  ),
  'names that Ansible keeps to itself': of(
    'all: {hosts: {a: {groups: 1, group_names: 2, inventory_hostname: x, hostvars: 1, role_name: r, omit: o, environment: e, ansible_version: 1, ansible_facts: {}, play_hosts: 1}}}',
  ),
  'variables that are numbers': of('all: {hosts: {a: {2: x, 2.5: y, true: z, ~: n, 010: o}}}', {
    without: 'graphsWithVars',
  }),
  'JSON as inventory': {
    files: {
      'inventory.json': '{"all": {"hosts": {"a": {"v": 1e3, "w": [1.0, true, null, "no"]}}, "vars": {"x": "\\u00e9"}}}',
    },
    inventory: 'inventory.json',
  },
  'JSON with tabs': {
    files: { 'inventory.json': '{\n\t"all": {\n\t\t"hosts": {"a": {"v": 1}}\n\t}\n}\n' },
    inventory: 'inventory.json',
  },
  'JSON in .yml': of('{"all": {"hosts": {"a": {"v": 1e3, "d": 2024-01-01}}}}'),
  'tabs after colons': of('all:\n  hosts:\n    a:\n      v:\tx\n'),
  'a comment behind text': of('all:\n  hosts:\n    a: # one\n      v: a#b # two\n'),
}

/** What Ansible reads and hc can't go by: listed all the same. */
export const unusable: Readonly<Record<string, Case>> = {
  'a connection that is none of ours': of('all: {hosts: {sw1: {ansible_connection: network_cli}}}', {
    refused: 'ansible_connection must be',
  }),
  'Jinja in a connection': of(`all: {hosts: {a: {ansible_host: "{{ lookup('env', 'IP') }}", ansible_port: 2222}}}`, {
    refused: 'holds a Jinja expression',
  }),
  'one address twice': of('all: {vars: {ansible_host: h}, hosts: {a: , b: }}', {
    refused: 'b has the address h, and so has a',
  }),
  'addresses as names': of('v6: {hosts: {"2001:db8::1": {x: 1}, "[2001:db8::2]:22": , "10.0.0.1": }}', {
    refused: 'no host name that hc can use',
    patterns: ['2001:db8::1', 'v6[0]', '*::2'],
  }),
  'spaces in names': of('"my group": {hosts: {"my host": {x: 1}, b: }}', { refused: '"my group" is no group name' }),
  'a host that is a path': of('all: {hosts: {/srv/chroot: {ansible_connection: chroot}}}', {
    refused: '"/srv/chroot" is no host name',
  }),
  'settings of hc that are wrong': of('all: {vars: {hc_lost_aftr: 3s, hc_moves: many}, hosts: {a: }}', {
    refused: 'unknown variable',
  }),
  'another way to root': of('all: {vars: {ansible_become: yes, ansible_become_method: su}, hosts: {a: }}', {
    refused: 'hc becomes root by sudo only',
  }),
}

/** Values, as PyYAML and Ansible take them. */
export const values: Readonly<Record<string, Case>> = {
  truth: value('[yes, no, on, off, true, False, TRUE, y, n, Y, Yes, YES, oN, "yes", Off]'),
  nothing: value('[~, null, Null, NULL, nULL, "", "null"]'),
  integers: value('[0, 010, 08, 0o10, 0x1F, -0x1f, 0b101, 1_000, +5, -7, 00, 0_7, 1__0, 0x_f, 0777, 12e3]'),
  'base 60': value('[1:30, 190:20:30, -1:30, 1:60, 01:30, 1:30.5, 0:0]'),
  floats: value(
    '[1.0, 1., .5, -.5, 1.5e+3, 1e3, 1.e+3, 1.5e3, 1_0.5, 6.8523015e+5, 1e-5, 0.00001, 123456789.125, 1.0e+20]',
  ),
  'not finite': value('[.inf, -.inf, .nan, .Inf, +.INF, inf, nan]'),
  dates: value(
    '[2024-01-02, 2001-12-14t21:59:43.10-05:00, 2001-12-14 21:59:43, 2001-12-15T02:59:43.1Z, 2001-1-2 3:04:05 +2, 2024-1-2]',
    { without: 'graphsWithVars' },
  ),
  'versions and addresses': value('[1.10, 1.2.3, 10.0.0.1, 0.10, "1.10", 00:1a:2b, 12:34:56:78]'),
  strings: value(`['it''s', "a\\tb\\u00e9\\x41", a b, a-b, "#no", a#b, "'", '"', "\\\\", '\\n', "{{ x }}"]`),
  blocks: value('|\n        one\n          two\n\n        three\n'),
  'folded blocks': value('>-\n        one\n        two\n\n        three\n'),
  'several lines': value('one\n        two\n\n        three'),
  nested: value('{a: [1, {b: [x, [y]]}], c: {d: {}}, e: []}'),
  'nested keys': value('{2: a, yes: b, 1.5: c, ~: d, 3.0: e}'),
  vault: value('!vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        3132\n', { without: 'graphsWithVars' }),
  unsafe: value('!unsafe "{{ x }}"'),
  'unsafe of other kinds': value(
    '[!unsafe 5, !unsafe yes, !unsafe [a, 1, {k: v}], !unsafe {k: v, l: [x]}, !unsafe ~, !unsafe "5"]',
  ),
  tags: value('[!!str 5, !!int "5", !!float 3, !!bool "yes", !!null "", !!str yes, ! 12]', {
    without: 'graphsWithVars',
  }),
  'unknown tag': value('!mine x'),
  jinja: value('["{{ a }}", "{% if x %}y{% endif %}", "{# c #}", "{{ a }} and {{ b }}"]'),
  'jinja without quotes': value('{{ a }}'),
  'equals sign': value('='),
  'merge sign': value('"<<"'),
  'special beginnings': value('[-a, "-", .a, "?", ":a", a:b, "@a", "%a", "&", "*"]'),
  'anchors that are none': value('&a/b x'),
  'a colon in brackets': value('[:a, ::b]'),
  'a question mark in brackets': value('{a: ?b}'),
  'a colon and a question mark outside of brackets': value('":a"\n      w: :a\n      x: ?b'),
  'a lone tag': value('!'),
  'beginnings that are none': value('@a'),
  'big numbers': value('[9007199254740992, 1e999, 123456789012345678]', { without: 'graphsWithVars' }),
  'long text': value(`"${'x'.repeat(3000)}"`),
  quoting: value(`{q: "it's", r: 'say "x"', s: "both ' and \\"", t: "tab\\t nl\\n", u: "é 😀 \\u00a0 \\x07"}`),
}
