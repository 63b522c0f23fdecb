// Writes schema/*.json from the definitions that read the files. Needs `npm run build`; a test says when they are stale.
import { mkdirSync, writeFileSync } from 'node:fs'
import { inventorySchema, jobSchema, scenarioSchema } from '../build/src/spec/schema.js'

const folder = new URL('../schema/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [name, schema] of [
  ['job', jobSchema()],
  ['inventory', inventorySchema()],
  ['scenario', scenarioSchema()],
]) {
  writeFileSync(new URL(`${name}.schema.json`, folder), `${JSON.stringify(schema, null, 2)}\n`)
}
