// Makes dist/ an oclif root of its own: its package.json and manifest live there, so that the checkout's root stays
// free of a manifest and bin/dev.js and the tests never run a stale build.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Plugin } from '@oclif/core'

const { name, version, description, bin, oclif } = JSON.parse(readFileSync('package.json', 'utf8'))
const root = { name, version, description, type: 'module', bin, oclif: { ...oclif, commands: './commands' } }
writeFileSync('dist/package.json', `${JSON.stringify(root, null, 2)}\n`)
const plugin = new Plugin({
  errorOnManifestCreate: true,
  ignoreManifest: true,
  respectNoCacheDefault: true,
  root: resolve('dist'),
  type: 'core',
})
await plugin.load()
writeFileSync('dist/oclif.manifest.json', JSON.stringify(plugin.manifest))
