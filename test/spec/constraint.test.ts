import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConstraint } from '../../src/spec/constraint.js'

describe('constraints', () => {
  it.each([
    ['os == debian', 'os', '==', ['debian']],
    ['labels.ssd==true', 'labels.ssd', '==', ['true']],
    ['labels.note != two words, and a comma', 'labels.note', '!=', ['two words, and a comma']],
    ['version.podman >= 4.3', 'version.podman', '>=', ['4.3']],
    ['arch in amd64, arm64', 'arch', 'in', ['amd64', 'arm64']],
    ['labels.rack exists', 'labels.rack', 'exists', []],
    ['host matches ^nuc[0-9]$', 'host', 'matches', ['^nuc[0-9]$']],
    ['driver.docker == true', 'driver.docker', '==', ['true']],
    ['labels.kubernetes.io/zone == a', 'labels.kubernetes.io/zone', '==', ['a']],
  ])('%s', (text, attribute, op, values) => {
    expect(parseConstraint(text)).toEqual({ ok: true, constraint: { attribute, op, values, text } })
  })

  it.each([
    ['os = debian', '"=" is no operator', 'did you mean "=="?'],
    [
      'os',
      '"os" has no operator',
      'write "os exists", or ATTRIBUTE OP VALUE, for example "os == debian", "labels.ssd exists", "version.podman >= 4.3"',
    ],
    ['label.ssd == true', 'hosts have no attribute "label.ssd"', 'did you mean "labels.ssd"?'],
    ['oss == debian', 'hosts have no attribute "oss"', 'did you mean "os"?'],
    ['driver.podmann exists', 'there is no driver.podmann', 'did you mean "podman"?'],
    [
      'labels.a == "x"',
      'the quotes round "x" would be part of the value',
      'the value goes to the end of the line: write it without quotes',
    ],
    ['arch in amd64,,arm64', 'one of the values of "in" is empty', 'write "arch in amd64, arm64"'],
    ['arch not in a', '"not" is no operator', 'there is no negation of "in": write one "!=" constraint for each value'],
    ['host matches (', '( is not a regular expression', null],
    ['labels.x exists true', '"exists" takes no value', expect.any(String)],
    ['os ==', '"==" needs a value at its right', expect.any(String)],
    ['', '"" is no constraint', expect.any(String)],
  ])('refuses %s', (text, message, hint) => expect(parseConstraint(text)).toEqual({ ok: false, message, hint }))

  it('keeps the right side whatever it is', () => {
    const right = fc
      .string({ minLength: 1 })
      .map((text) => text.trim())
      .filter((text) => text !== '' && !/^["'].*["']$|[\n\r]/.test(text))
    fc.assert(
      fc.property(right, (text) => {
        const read = parseConstraint(`labels.x != ${text}`)
        expect(read.ok && read.constraint.values).toEqual([text])
      }),
    )
  })
})
