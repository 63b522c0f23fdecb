import { describe, expect, test } from 'vitest'
import { unifiedDiff } from '../../../src/spec/edit/diff.js'

const numbers = (to: number) => Array.from({ length: to }, (_, index) => `${index + 1}\n`).join('')

describe('unified diff, as diff -u prints it', () => {
  test.each([
    ['a\n', 'a\n', ''],
    ['', 'a\n', '--- f\n+++ f\n@@ -0,0 +1 @@\n+a\n'],
    ['a\n', '', '--- f\n+++ f\n@@ -1 +0,0 @@\n-a\n'],
    ['a', 'a\n', '--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n'],
    ['a\nb\nc\n', 'a\nc\n', '--- f\n+++ f\n@@ -1,3 +1,2 @@\n a\n-b\n c\n'],
    [
      numbers(20),
      numbers(20).replace('3\n', 'x\n').replace('18\n', ''),
      '--- f\n+++ f\n@@ -1,6 +1,6 @@\n 1\n 2\n-3\n+x\n 4\n 5\n 6\n@@ -15,6 +15,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n',
    ],
    [
      numbers(9),
      numbers(9).replace('2\n', '').replace('8\n', ''),
      '--- f\n+++ f\n@@ -1,9 +1,7 @@\n 1\n-2\n 3\n 4\n 5\n 6\n 7\n-8\n 9\n',
    ],
  ])('%#', (before, after, diff) => {
    expect(unifiedDiff('f', before, after)).toBe(diff)
  })
})
