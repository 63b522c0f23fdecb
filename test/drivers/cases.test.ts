// Captured cases: what a job becomes on a host. Look at each change of a .txt before it is kept (vitest -u writes them).
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { recipeFor } from '../../src/drivers/index.js'
import { inputOf, recipeText, type Wish } from './support.js'

const folder = new URL('cases/', import.meta.url)
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))

describe('cases', () => {
  test.each(names)('%s', async (name) => {
    const wish: Wish = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
    await expect(recipeText(recipeFor(inputOf(wish)))).toMatchFileSnapshot(`cases/${name}.txt`)
  })
})
