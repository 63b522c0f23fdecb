import { describe, expect, it } from 'vitest'
import { inventoryFaults, inventoryOf, lines } from './support.js'

describe('Jinja in values', () => {
  it('is told once per file, with places', () => {
    const text =
      'all:\n  vars:\n    a: "{{ b }}"\n    c: [x, "{% if y %}z{% endif %}", "{{ w }}"]\n  hosts:\n    h: {d: !unsafe "{{ e }}", f: "{ {"}\n'
    const beside = { 'group_vars/all.yml': 'g: "{# h #}"\n' }
    const { inventory } = inventoryOf(text, { beside })
    expect(inventory.notes).toEqual([
      'inventory.yml: Jinja is kept as text, since only Ansible evaluates it: a (3:8), c (4:12, 4:38)',
      'group_vars/all.yml: Jinja is kept as text, since only Ansible evaluates it: g (1:4)',
    ])
    expect(inventory.hosts[0]?.vars).toMatchObject({ a: '{{ b }}', g: '{# h #}' })
  })

  it('is told briefly where there is much of it', () => {
    const vars = Array.from({ length: 9 }, (_, index) => `    v${index}: "{{ x }}"\n`).join('')
    const { inventory } = inventoryOf(`all:\n  hosts: {a: , b: }\n  vars:\n${vars}    l: ["{{", "{{", "{{", "{{"]\n`)
    expect(inventory.notes).toHaveLength(1)
    expect(inventory.notes[0]).toMatch(/: v0 \(4:9\), v1 .* v5 \(9:9\) and 4 more$/)
  })

  it('is a fault where hc would have to know the value', () => {
    expect(lines(inventoryFaults('all: {hosts: {a: {ansible_host: "{{ ip }}", hc_labels: {a: "{{ b }}"}}}}'))).toEqual([
      'inventory.yml:1:33: ansible_host holds a Jinja expression, which only Ansible evaluates',
      'inventory.yml:1:56: hc_labels holds a Jinja expression, which only Ansible evaluates',
    ])
  })
})
