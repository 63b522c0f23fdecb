import { expect, it } from 'vitest'
import { inventoryFaults, inventoryOf, lines } from './support.js'

const of = (text: string) => inventoryOf(`all:\n  vars: {${text}}\n  hosts: {a: {}}`).inventory.settings

it('reads who is told', () => {
  expect(of('hc_notify: {ntfy: "https://ntfy.example/t", token: {file: ./token}}').notify).toEqual([
    { kind: 'ntfy', url: 'https://ntfy.example/t', token: { kind: 'file', path: 'token' } },
  ])
  const many = 'hc_notify: [{webhook: {env: HOOK}, headers: {X-Key: k}}, {command: [mail, me]}], hc_on_change: [reload]'
  expect(of(many)).toMatchObject({
    notify: [
      { kind: 'webhook', url: { kind: 'env', name: 'HOOK' }, headers: { 'X-Key': 'k' } },
      { kind: 'command', argv: ['mail', 'me'] },
    ],
    onChange: ['reload'],
  })
  expect(of('')).toMatchObject({ notify: [], onChange: null })
})

it.each([
  ['hc_notify: me', '2:21: hc_notify must be a mapping, not "me"'],
  ['hc_notify: {ntfy: "ntfy.sh/t"}', '2:28: hc_notify.ntfy must be an address that begins with http:// or https://'],
  ['hc_notify: {}', '2:21: hc_notify needs exactly one of ntfy, webhook and command'],
  ['hc_notify: {command: [a], token: b}', '2:21: hc_notify: token belongs to ntfy'],
  ['hc_on_change: "caddy reload"', '2:24: hc_on_change must be a list'],
])('refuses %s', (text, line) => {
  expect(lines(inventoryFaults(`all:\n  vars: {${text}}\n  hosts: {a: {}}`))[0]).toContain(line)
})
