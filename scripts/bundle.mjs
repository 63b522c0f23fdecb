// From build/ (what tsc makes) to dist/ (what runs): a file for each command, and what they share in chunks beside them, so
// that a command reads few files and none that it does not need.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Besides the commands: the start, completion, a hook, help and a thread that are found by their paths, and what scripts read. */
const ENTRIES = [
  'build/src/ui/start.js',
  'build/src/hc-complete.js',
  'build/src/ui/hooks/command-not-found.js',
  'build/src/ui/help/help.js',
  'build/src/controller/search-thread.js',
  'build/src/spec/job.js',
  'build/src/spec/schema.js',
]

/** Packages written for require() look for these when they are loaded. */
const BANNER = `import { createRequire as bundledRequire } from 'node:module'
import { fileURLToPath as bundledPath } from 'node:url'
import { dirname as bundledFolder } from 'node:path'
const require = bundledRequire(import.meta.url), __filename = bundledPath(import.meta.url), __dirname = bundledFolder(__filename)`

const commands = readdirSync('build/commands', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
  .map((entry) => join(entry.parentPath, entry.name))

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: [...ENTRIES, ...commands],
  outbase: 'build',
  outdir: 'dist',
  // Beside what stands in src/: what is found by a path from there is found from a chunk too.
  chunkNames: 'src/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // ssh2 finds its own compiled parts by their paths; the others are oclif's and ink's for those who develop with them.
  external: ['ssh2', 'typescript', 'ts-node', 'react-devtools-core'],
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: { js: BANNER },
  // What is read at each start is short; names stay, for the traces of what goes wrong.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
})
