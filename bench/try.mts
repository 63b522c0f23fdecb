import { mkdtempSync, writeFileSync } from 'node:fs'
import { startFleet } from './fleet/fleet.js'

const n = Number(process.argv[2] ?? 3)
const folder = mkdtempSync('/tmp/hc-bench-')
const fleet = await startFleet(folder, n)
for (let i = 0; i < n; i++)
  writeFileSync(
    `${folder}/jobs/svc${i}.yml`,
    `name: svc${i}\ncount: 4\ncommand: [/bin/sleep, infinity]\nresources: {cpu: 50m, memory: 32Mi}\n`,
  )
console.log(folder)
setTimeout(async () => {
  await fleet.close()
  process.exit()
}, 900_000)
