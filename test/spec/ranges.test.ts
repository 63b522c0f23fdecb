import { describe, expect, it } from 'vitest'
import { expandRange, splitPort } from '../../src/spec/ranges.js'

describe('host ranges', () => {
  it.each([
    ['nuc1', ['nuc1']],
    ['nuc[1:3]', ['nuc1', 'nuc2', 'nuc3']],
    ['n[08:10]', ['n08', 'n09', 'n10']],
    ['n[1:9:4]', ['n1', 'n5', 'n9']],
    ['n[:2]', ['n0', 'n1', 'n2']],
    ['r[a:c].lan', ['ra.lan', 'rb.lan', 'rc.lan']],
    ['r[a:e:2]', ['ra', 'rc', 're']],
    ['[a:b][1:2]', ['a1', 'a2', 'b1', 'b2']],
  ])('%s', (pattern, names) => expect(expandRange(pattern)).toEqual({ ok: true, names }))

  it.each([
    ['n[3:1]', 'the range [3:1] makes no sense: it is empty, the end comes before the beginning'],
    ['n[01:100]', 'the range [01:100] makes no sense: 01 and 100 must have as many digits'],
    ['n[1', 'the range in "n[1" has no end: ]'],
    ['n[1:]', 'the range [1:] makes no sense: a range needs an end'],
    ['n[1]', 'the range [1] makes no sense: a range has two or three parts'],
    ['n[1:3:0]', 'the range [1:3:0] makes no sense: "0" is no step'],
    ['n[a:3]', 'the range [a:3] makes no sense: its ends must be two numbers or two letters'],
    ['n[0:999999999]', 'the range [0:999999999] makes no sense: it gives more than 10000 hosts'],
    ['n[1:200][1:200]', 'the range [1:200] makes no sense: it gives more than 10000 hosts'],
  ])('refuses %s', (pattern, message) => expect(expandRange(pattern)).toMatchObject({ ok: false, message }))

  it.each([
    ['nuc1:2222', 'nuc1', 2222],
    ['nuc[1:3]:2222', 'nuc[1:3]', 2222],
    ['nuc[1:3]', 'nuc[1:3]', null],
    ['fe80::1', 'fe80::1', null],
    ['nuc1', 'nuc1', null],
  ])('port of %s', (text, name, port) => expect(splitPort(text)).toEqual({ name, port }))
})
