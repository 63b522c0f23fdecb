#!/usr/bin/env -S node --import tsx
// Runs commands/*.ts as they are, without a build.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { execute, settings } from '@oclif/core'

const root = fileURLToPath(new URL('..', import.meta.url))
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
pjson.oclif = { ...pjson.oclif, commands: './commands' }
settings.enableAutoTranspile = false
await execute({ loadOptions: { root, pjson, ignoreManifest: true } })
