// Edits by chance on inventories by chance: what they mean afterwards, and that no other byte changes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editInventory } from '../../../src/spec/edit/edit.js'
import { parseInventory } from '../../../src/spec/inventory.js'
import { toJson } from '../../../src/spec/value.js'
import { diceOf, type Meaning, randomEdit, randomInventory } from './random-inventory.js'
import { add, refused, remove, textAfter } from './support.js'

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 })

function meaningOf(text: string): unknown {
  const read = parseInventory({ file: 'inventory.yml', text })
  if ('faults' in read) throw new Error(read.faults.map(({ message }) => message).join('\n'))
  const { tree } = read.data
  const vars = (own: ReadonlyMap<string, { value: Parameters<typeof toJson>[0] }>) =>
    Object.fromEntries([...own].map(([key, entry]) => [key, toJson(entry.value)]))
  return {
    hosts: Object.fromEntries([...tree.hosts.values()].map((host) => [host.name, vars(host.vars)])),
    groups: Object.fromEntries(
      [...tree.groups.values()]
        .filter(({ name }) => name !== 'ungrouped')
        .map((group) => [group.name, { hosts: group.hosts.toSorted(), vars: vars(group.vars) }]),
    ),
  }
}

function plain({ hosts, groups }: Meaning): unknown {
  return {
    hosts: Object.fromEntries([...hosts].map(([name, vars]) => [name, Object.fromEntries(vars)])),
    groups: Object.fromEntries(
      [...groups].map(([name, group]) => [
        name,
        { hosts: [...group.hosts].toSorted(), vars: Object.fromEntries(group.vars) },
      ]),
    ),
  }
}

/** Lines between the common beginning and end, less those that are there before and after. */
function changedLines(before: string, now: string): string[] {
  // The comma and the line break of the line before are part of an addition behind it.
  const linesOf = (text: string) => text.split('\n').map((line) => line.replace(/,?\r?$/, ''))
  const [old, fresh] = [linesOf(before), linesOf(now)]
  const only = (lines: string[], others: string[]) => {
    const rest = [...others]
    return lines.filter((line) => {
      const at = rest.indexOf(line)
      if (at >= 0) rest.splice(at, 1)
      return at < 0
    })
  }
  return [...only(old, fresh), ...only(fresh, old)]
}

// Sections, braces, and the insides of values that JSON spreads over lines.
const STRUCTURE = /^\s*["']?(?:hosts|vars|children)["']?:|^\s*[{}\],]*\s*$|^\s*"[klxy]"/

describe('edits by chance', { timeout: 600_000 }, () => {
  test('mean what was asked, and leave all other lines as they are', () => {
    const refusals: string[] = []
    let done = 0
    fc.assert(
      fc.property(seeds, (seed) => {
        const dice = diceOf(seed)
        const { text, meaning } = randomInventory(dice)
        expect(meaningOf(text), text).toEqual(plain(meaning))
        let now = text
        for (let round = 0; round < 4; round += 1) {
          const kept: Meaning = structuredClone({ hosts: meaning.hosts, groups: meaning.groups })
          const { edit, words } = randomEdit(meaning, dice)
          const outcome = editInventory({ file: 'inventory.yml', text: now }, edit)
          if ('faults' in outcome) {
            refusals.push(outcome.faults[0]?.message ?? '')
            restore(meaning, kept)
            continue
          }
          done += 1
          const next = outcome.changes[0]?.after ?? now
          expect(meaningOf(next), `${now}\n${JSON.stringify(edit)}\n${next}`).toEqual(plain(meaning))
          const oneLine = !now.trimEnd().includes('\n')
          for (const line of oneLine ? [] : changedLines(now, next)) {
            const about = words.some((word) => line.includes(word)) || line.includes('#') || STRUCTURE.test(line)
            expect(about, `${JSON.stringify(edit)}\n${now}\n${next}\nchanged ${line}`).toBe(true)
          }
          if (now.includes('\r\n')) expect(next.replaceAll('\r\n', '')).not.toContain('\n')
          expect(next.endsWith('\n')).toBe(now.endsWith('\n'))
          expect(next.startsWith('\ufeff')).toBe(now.startsWith('\ufeff'))
          now = next
        }
      }),
      // An empty line before the last entry of a text without a line break at its end.
      { numRuns: 200, examples: [[1445662966]] },
    )
    const odd = refusals.filter((message) => !/no variable|has a (?:host|group) "|no host|no group/.test(message))
    expect(odd).toEqual([])
    expect(done).toBeGreaterThan(refusals.length * 2)
  })

  test('a host that is added and removed leaves the very same bytes, where its section was there', () => {
    let done = 0
    fc.assert(
      fc.property(seeds, (seed) => {
        const dice = diceOf(seed)
        const { text, meaning } = randomInventory(dice)
        const [group] = [...meaning.groups].filter(([, { hosts }]) => hosts.size > 0)[0] ?? []
        if (group === undefined) return
        const added = textAfter(text, add(['new'], { groups: [group], set: dice(2) === 0 ? [] : ['v_new_1=1'] }))
        expect(added).not.toBe(text)
        const removed = textAfter(added, remove('new'))
        expect(removed, added).toBe(text)
        done += 1
      }),
      { numRuns: 150 },
    )
    expect(done).toBeGreaterThan(100)
  })

  test('no text makes an edit throw', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...'\t :-{}[]&*#"\'|>\n!?'), fc.nat(3))),
        (seed, marks) => {
          const dice = diceOf(seed)
          const { text, meaning } = randomInventory(dice)
          const spoilt = marks.reduce((now, [at, mark, cut]) => now.slice(0, at) + mark + now.slice(at + cut), text)
          const { edit } = randomEdit(meaning, dice)
          expect(() => editInventory({ file: 'inventory.yml', text: spoilt }, edit)).not.toThrow()
        },
      ),
      { numRuns: 200 },
    )
    expect(refused('all: [', remove('a'))).toContain('not YAML')
  })
})

function restore(meaning: Meaning, kept: Meaning): void {
  meaning.hosts.clear()
  meaning.groups.clear()
  for (const [name, vars] of kept.hosts) meaning.hosts.set(name, vars)
  for (const [name, group] of kept.groups) meaning.groups.set(name, group)
}
