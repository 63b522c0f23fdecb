// npm run build:binary: hc as one executable file, build/hc (HC_BINARY names another), with its own Node inside (Node's single executable application). Wants build/
// and dist/ from npm run build before. HC_NODE names another node to put in (of another processor, say), of
// the same version as the one that runs this.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'

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

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  logLevel: 'warning',
}

/** Text of a package's file, changed; it must change, or the package is another than the one that this was written for. */
function changed(text, changes) {
  return changes.reduce((now, [from, to]) => {
    const next = now.replace(from, to)
    if (next === now) throw new Error(`build:binary: ${from} is not there any more`)
    return next
  }, text)
}

/** What waits while it is loaded, or looks for files beside itself, can't be in one file: here it does neither. */
const oneFile = {
  name: 'one-file',
  setup(it) {
    const on = (filter, contents) =>
      it.onLoad({ filter }, ({ path }) => ({ contents: contents(readFileSync(path, 'utf8')), loader: 'js' }))
    on(
      /yoga-layout\/dist\/src\/index\.js$/,
      () => `
      import loadYoga from '../binaries/yoga-wasm-base64-esm.js'
      import wrapAssembly from './wrapAssembly.js'
      import { wasm } from 'hc:wasm'
      const made = { instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasm, 'base64')), imports)
        done(instance)
        return instance.exports
      } }
      loadYoga(made)
      export default wrapAssembly(made)
      export * from './generated/YGEnums.js'`,
    )
    on(/ink\/build\/reconciler\.js$/, (text) =>
      changed(text, [
        ["await import('./devtools.js')", 'undefined'],
        ['? await loadPackageJson()', '? undefined'],
      ]),
    )
    // What makes help is found by a path too: binary-start.mjs has it at hand.
    on(/@oclif\/core\/lib\/help\/index\.js$/, (text) =>
      changed(text, [
        [
          'if (config.pjson.oclif?.helpClass)',
          'if (config.hcHelp) return config.hcHelp;\n    if (config.pjson.oclif?.helpClass)',
        ],
      ]),
    )
    on(/build\/src\/hc\.js$/, (text) =>
      changed(`import { thread } from 'hc:thread'\n${text}`, [
        [/new URL\(`\.\/controller\/search-thread[^)]*\)[^)]*\)/, 'thread()'],
      ]),
    )
    it.onResolve({ filter: /^hc:/ }, ({ path }) => ({ path, namespace: 'hc' }))
    it.onLoad({ filter: /.*/, namespace: 'hc' }, ({ path }) => ({
      contents: MADE[path](),
      loader: 'js',
      resolveDir: '.',
    }))
  },
}

const MADE = {
  'hc:wasm': () => {
    const file = 'yoga-layout/dist/binaries/yoga-wasm-base64-esm.js'
    const from = createRequire(createRequire(import.meta.url).resolve('ink'))
    const folder = from.resolve('yoga-layout').replace(/dist\/src\/.*$/, '')
    const [, wasm] =
      /data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)/.exec(
        readFileSync(join(folder, file.replace('yoga-layout/', '')), 'utf8'),
      ) ?? []
    if (wasm === undefined) throw new Error(`build:binary: ${file} holds no wasm`)
    return `export const wasm = ${JSON.stringify(wasm)}`
  },
  'hc:thread': () => {
    const code = readFileSync(join(OUT, 'thread.mjs')).toString('base64')
    return `const code = ${JSON.stringify(code)}\nexport const thread = () => new URL('data:text/javascript;base64,' + code)`
  },
  'hc:program': () => {
    const files = readdirSync('build/commands', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js'),
    )
    const rows = files.map(
      (file) =>
        `${JSON.stringify(file.replace(/\.js$/, '').replaceAll('/', ':'))}: () => import('./build/commands/${file}')`,
    )
    return `
      export const commands = {${rows.join(',\n')}}
      export const manifest = ${JSON.stringify(readFileSync('dist/oclif.manifest.json', 'utf8'))}
      export const pjson = ${JSON.stringify(readFileSync('dist/package.json', 'utf8'))}`
  },
}

rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT, { recursive: true })
await build({
  ...shared,
  entryPoints: ['build/src/controller/search-thread.js'],
  outfile: join(OUT, 'thread.mjs'),
  format: 'esm',
  banner: { js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire('/')" },
})
await build({
  ...shared,
  entryPoints: ['scripts/binary-start.mjs'],
  outfile: join(OUT, 'hc.cjs'),
  format: 'cjs',
  minifyWhitespace: true,
  plugins: [oneFile],
  // ssh2 looks for its compiled parts, does not find them, and goes on without.
  external: ['cpu-features', '*.node', 'typescript', 'ts-node', 'react-devtools-core'],
  define: { ...shared.define, 'import.meta.url': 'hcUrl' },
  banner: { js: ONLY_NODES_OWN },
})

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
