// From build/ (what tsc makes) to dist/ (what runs): the program in one file, whose compiled code is kept at its first runs
// (src/system/code-cache.ts), and what is started apart from it: completion, and a thread.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { buildOneFile, shared } from './one-file.mjs'

const text = await buildOneFile({
  outfile: 'dist/src/hc.cjs',
  place: () => `import { fileURLToPath } from 'node:url'
    export const root = fileURLToPath(new URL('..', import.meta.url))
    export const thread = () => new URL('controller/search-thread.js', import.meta.url)`,
  // Files beside it are found from here as they were from src/hc.ts.
  banner: `const hcUrl = require('node:url').pathToFileURL(require('node:path').join(__dirname, 'hc.js')).href;`,
})
await build({
  ...shared,
  entryPoints: ['build/src/hc-complete.js', 'build/src/hc-start.js', 'build/src/controller/search-thread.js'],
  outbase: 'build',
  outdir: 'dist',
  format: 'esm',
  define: { ...shared.define, HC_BUILD: JSON.stringify(createHash('sha256').update(text).digest('hex').slice(0, 16)) },
  // Packages written for require() look for it when they are loaded.
  banner: {
    js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url)",
  },
})
writeFileSync('dist/src/hc.cjs', text)
