// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose
import { describe, expect, test } from 'vitest'
import { ABSENT } from '../../../src/spec/compose/absent.js'
import { compose, imported, refused } from './support.js'

const one = (service: string) => `services:\n  web:\n    image: nginx\n${service.replace(/^(?=.)/gm, '    ')}\n`
const told = (service: string, world = {}) =>
  imported(one(service), world).told.filter((line) => !/deploy\.resources \d|- volumes /.test(line))

describe('nothing is dropped silently', () => {
  test.each(Object.keys(ABSENT))('%s is told, with its place', (key) => {
    expect(told(`${key}: [something]`)).toEqual([expect.stringMatching(new RegExp(`^left-out web ${key} 4:5: `))])
  })

  test('what nobody knows is told too, at each level', () => {
    const lines = told(
      'frobnicate: 1\ndeploy: {what: 1, resources: {why: 1}, restart_policy: {how: 1}}\nhealthcheck: {test: x, who: 1}',
    )
    for (const key of [
      'frobnicate',
      'deploy.what',
      'deploy.resources.why',
      'deploy.restart_policy.how',
      'healthcheck.who',
    ])
      expect(lines.join('\n') + imported(one('deploy: {resources: {why: 1}}')).told.join('\n')).toContain(` ${key} `)
    expect(imported('include: [x.yml]\nservices: {a: {image: x}}').told[0]).toContain('left-out - include 1:1')
  })

  test('members that are none of theirs are told, or taken for what is meant', () => {
    expect(told('command: [a, {b: c}]')).toEqual([expect.stringContaining('command 4:5: can not be split into words')])
    expect(told('environment: [[A]]')).toEqual([expect.stringContaining('is no single value')])
    expect(imported(one('environment: [A: 1]')).job('app-web').env).toEqual({ A: '1' })
  })

  test('what says no is nothing', () => expect(told('privileged: false\ntty: false\ninit: true')).toEqual([]))

  test('the same input gives the same bytes, and remarks stand in the job file', () => {
    const text = one('privileged: true\nports: ["127.0.0.1:1:1"]')
    expect(compose(text)).toEqual(compose(text))
    expect(imported(text).text('app-web.yml')).toContain(
      '# - privileged (compose.yml:4:5): hc gives a container no other',
    )
  })
})

describe('what is refused', () => {
  test.each([
    ['services: {}', 'there are no services in it'],
    ['- a', 'this is no Compose file'],
    ['services: {a: x}', 'the service a is no mapping'],
    ['services: {a: {image: "${X:?say which}"}}', 'the variable X must be set: say which'],
    ['services: {a: {extends: b}}', 'there is no service b to extend'],
    ['services: {a: {extends: b}, b: {extends: a}}', 'extends itself in the end'],
    ['services: {a: {extends: {file: gone.yml, service: b}}}', 'the file gone.yml does not exist'],
    ['services: {a: {image: "not an image!"}}', "the service a can't be a job"],
    ['services: [', 'this is not YAML'],
  ])('%s', (text, message) => expect(refused(text).join('\n')).toContain(message))

  test('with the place', () =>
    expect(refused('services:\n  a:\n    image: ${X:?}\n')[0]).toMatch(/^compose\.yml:3:12: /))
})
