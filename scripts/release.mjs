// Makes dist/ an oclif root of its own: its package.json and manifest live there, so that the checkout's root stays
// free of a manifest and bin/dev.js and the tests never run a stale build. The commands are those in build/, as tsc made them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Plugin } from '@oclif/core'

const { version, description, bin, oclif } = JSON.parse(readFileSync('package.json', 'utf8'))
// By this name oclif tells its version: people know the program, not its package.
const root = { name: oclif.bin, version, description, type: 'module', bin, oclif: { ...oclif, commands: './commands' } }
const pjson = `${JSON.stringify(root, null, 2)}\n`
rmSync('dist', { recursive: true, force: true })
mkdirSync('dist')
for (const folder of ['build', 'dist']) writeFileSync(`${folder}/package.json`, pjson)
const plugin = new Plugin({
  errorOnManifestCreate: true,
  ignoreManifest: true,
  respectNoCacheDefault: true,
  root: resolve('build'),
  type: 'core',
})
await plugin.load()
writeFileSync('dist/oclif.manifest.json', JSON.stringify(plugin.manifest))
