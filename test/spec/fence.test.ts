import { expect, it } from 'vitest'
import { inventoryFaults, inventoryOf, lines } from './support.js'

const of = (text: string) => inventoryOf(`all:\n  hosts:\n    a: {hc_fence: ${text}}`).inventory.hosts[0]?.fence

it('reads drivers', () => {
  expect(of('{agent: fence_ipmilan, ip: 10.0.0.5, lanplus: 1, password: {file: ./ipmi}}')).toEqual({
    kind: 'agent',
    program: 'fence_ipmilan',
    options: { ip: '10.0.0.5', lanplus: '1', password: { kind: 'file', path: 'ipmi' } },
  })
  expect(of('{command: [./power, nuc2]}')).toEqual({ kind: 'command', argv: ['./power', 'nuc2'] })
})

it.each([
  ['fence_ipmilan', '3:19: hc_fence must be a mapping'],
  ['{}', '3:19: hc_fence needs either agent or command'],
  ['{agent: ipmi}', '3:27: hc_fence.agent must be the name of a program of fence-agents (fence_...), or a path'],
  ['{agent: fence_x, action: reboot}', '3:36: "action" is no option of a fence agent'],
  ['{command: [a], ip: b}', '3:34: hc_fence.ip: only agents have options'],
])('refuses %s', (text, line) => {
  expect(lines(inventoryFaults(`all:\n  hosts:\n    a: {hc_fence: ${text}}`))[0]).toContain(line)
})
