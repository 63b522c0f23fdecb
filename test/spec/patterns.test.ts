import { describe, expect, it } from 'vitest'
import { matchPattern } from '../../src/spec/patterns.js'
import { inventoryOf } from './support.js'

const { tree } = inventoryOf(`
all:
  hosts: {lone: , edge1.lan: }
  children:
    web: {hosts: {"nuc[1:4]": }, children: {deep: {hosts: {nuc9: }}}}
    db: {hosts: {nuc1: , nuc4: , tower: }}
`).data

describe('host patterns', () => {
  // The right sides are what `ansible PATTERN --list-hosts` says.
  it.each([
    ['all', 'lone edge1.lan nuc1 nuc2 nuc3 nuc4 tower nuc9'],
    ['*', 'lone edge1.lan nuc1 nuc2 nuc3 nuc4 tower nuc9'],
    ['web', 'nuc1 nuc2 nuc3 nuc4 nuc9'],
    ['ungrouped', 'lone edge1.lan'],
    ['nuc2', 'nuc2'],
    ['web:db', 'nuc1 nuc2 nuc3 nuc4 nuc9 tower'],
    ['tower,web', 'tower nuc1 nuc2 nuc3 nuc4 nuc9'],
    ['web:&db', 'nuc1 nuc4'],
    ['web:&db:!nuc4', 'nuc1'],
    ['!web', 'lone edge1.lan tower'],
    ['&db,web', 'nuc1 nuc4'],
    ['nuc[23]*', null],
    ['nuc?', 'nuc1 nuc2 nuc3 nuc4 nuc9'],
    ['*.lan', 'edge1.lan'],
    ['~nuc[13]', 'nuc1 nuc3'],
    ['~(deep|db)', 'nuc9 nuc1 nuc4 tower'],
    ['web[0]', 'nuc1'],
    ['web[-1]', 'nuc9'],
    ['web[1:2]', 'nuc2 nuc3'],
    ['web[3:]', 'nuc4 nuc9'],
    ['web:!nobody*', 'nuc1 nuc2 nuc3 nuc4 nuc9'],
  ])('%s', (pattern, hosts) => {
    const found = matchPattern(tree, pattern)
    if (hosts !== null) expect(found).toEqual(hosts.split(' '))
    else expect(found).toEqual(['nuc2', 'nuc3'])
  })

  it.each([
    ['wbe', '"wbe" is no host and no group of the inventory', 'did you mean "web"?'],
    ['all:!nuc33', '"nuc33" is no host and no group of the inventory', 'did you mean "nuc3"?'],
    ['web:&lone', 'the pattern "web:&lone" names no host', 'hc inventory list shows the hosts and groups'],
    ['web[7]', 'web[7]: there are 5 hosts, counted from 0', null],
    ['~(', '~( is not a regular expression', null],
    ['web,!', 'a part of the pattern is empty', null],
  ])('refuses %s', (pattern, message, hint) => {
    expect(matchPattern(tree, pattern)).toMatchObject({ message, hint })
  })
})
