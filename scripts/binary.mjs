// npm run build:binary: hc as one executable file, build/hc (HC_BINARY names another), with its own Node inside (Node's single executable application). Wants build/
// and dist/ from npm run build before. HC_NODE names another node to put in (of another processor, say), of
// the same version as the one that runs this.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildOneFile, shared } from './one-file.mjs'

const OUT = 'build/binary'
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
const runtime = process.env.HC_NODE ?? process.execPath
const target = process.env.HC_BINARY ?? 'build/hc'

/** Nothing beside the executable is ever loaded; what asks where it stands is told of a place where nothing is. */
const ONLY_NODES_OWN = `const hcUrl = 'file:///proc/self/none/none/hc.js';
var require = ((own) => {
  const none = (id) => { throw Object.assign(new Error("Cannot find module '" + id + "'"), { code: 'MODULE_NOT_FOUND' }) };
  const isOwn = own('node:module').isBuiltin;
  return Object.assign((id) => (isOwn(id) ? own(id) : none(id)), { resolve: none, cache: {}, extensions: {} });
})(require);`

rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT, { recursive: true })
await build({
  ...shared,
  entryPoints: ['build/src/controller/search-thread.js'],
  outfile: join(OUT, 'thread.mjs'),
  format: 'esm',
  banner: { js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire('/')" },
})
const code = readFileSync(join(OUT, 'thread.mjs')).toString('base64')
const text = await buildOneFile({
  outfile: join(OUT, 'hc.cjs'),
  place: () => `const code = ${JSON.stringify(code)}
    process.argv[1] = process.execPath // else the program as it was typed
    export const root = process.execPath
    export const thread = () => new URL('data:text/javascript;base64,' + code)`,
  banner: ONLY_NODES_OWN,
})
writeFileSync(join(OUT, 'hc.cjs'), text)

// Prepared code is of one node only; another makes its own at each start.
const useCodeCache = runtime === process.execPath
const config = {
  main: join(OUT, 'hc.cjs'),
  output: join(OUT, 'hc.blob'),
  disableExperimentalSEAWarning: true,
  useCodeCache,
}
writeFileSync(join(OUT, 'sea.json'), JSON.stringify(config))
const quiet = { stdio: ['ignore', 'ignore', 'inherit'] }
execFileSync(process.execPath, ['--experimental-sea-config', join(OUT, 'sea.json')], quiet)
copyFileSync(runtime, `${target}.new`)
chmodSync(`${target}.new`, 0o755)
const postject = createRequire(import.meta.url)('postject')
await postject.inject(`${target}.new`, 'NODE_SEA_BLOB', readFileSync(config.output), { sentinelFuse: FUSE })
renameSync(`${target}.new`, target)
console.log(`made ${target}`)
