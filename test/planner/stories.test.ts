// Golden stories: each folder of test/golden with an inventory.yml is a test; a new folder is a new test.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readStory, tell } from './support/story.js'

const GOLDEN = join(import.meta.dirname, '..', 'golden')
const stories = readdirSync(GOLDEN).filter((name) => existsSync(join(GOLDEN, name, 'inventory.yml')))

test('there are stories', () => expect(stories.length).toBeGreaterThan(13))

test.each(stories)('%s', async (name) => {
  await expect(tell(readStory(join(GOLDEN, name)))).toMatchFileSnapshot(join(GOLDEN, name, 'plan.txt'))
})
