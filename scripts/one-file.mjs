// hc as one file of CommonJS, from what tsc made: `npm run build` makes it for bin/run.js, `npm run build:binary` for the executable.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'

/** What everything that is built has in common. */
export const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Names stay, for the traces of what goes wrong.
  minifyWhitespace: true,
  minifySyntax: true,
  // The line of an error is shown with it.
  lineLimit: 160,
  logLevel: 'warning',
}

/** Text of a package's file, changed; it must change, or the package is another than the one that this was written for. */
function changed(text, changes) {
  return changes.reduce((now, [from, to]) => {
    const next = now.replace(from, to)
    if (next === now) throw new Error(`one-file: ${from} is not there any more`)
    return next
  }, text)
}

const [, major, minor] =
  /^>=(\d+)\.(\d+)$/.exec(JSON.parse(readFileSync('package.json', 'utf8')).engines.node)?.map(Number) ?? []
if (minor === undefined) throw new Error('one-file: engines.node in package.json is not of the form >=MAJOR.MINOR')
const isNodeNewEnough = `() => {
  const [has, minor] = process.versions.node.split('.').map(Number)
  return has > ${major} || (has === ${major} && minor >= ${minor})
}`

/** What waits while it is loaded, or looks for files beside itself, can't be in one file: here it does neither. */
function oneFile(made) {
  return {
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
      // What makes help is found by a path too: start.mjs has it at hand.
      on(/@oclif\/core\/lib\/help\/index\.js$/, (text) =>
        changed(text, [
          [
            'if (config.pjson.oclif?.helpClass)',
            'if (config.hcHelp) return config.hcHelp;\n    if (config.pjson.oclif?.helpClass)',
          ],
        ]),
      )
      // For a sort of a hundred names, Node would load all rules of all languages.
      on(/@oclif\/core\/lib\/config\/plugin\.js$/, (text) =>
        changed(text, [['a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)']]),
      )
      // `>=20.19` needs no package to be understood.
      on(/@oclif\/core\/lib\/index\.js$/, (text) =>
        changed(text, [
          ["const semver = require('semver');", ''],
          ['!semver.satisfies(process.versions.node, pjson.engines.node)', `!(${isNodeNewEnough})()`],
        ]),
      )
      on(/build\/src\/hc\.js$/, (text) =>
        changed(`import { thread } from 'hc:place'\n${text}`, [
          [/new URL\(`\.\/controller\/search-thread[^)]*\)[^)]*\)/, 'thread()'],
        ]),
      )
      // What of ssh2 is not used loads Node's http, https and tls.
      on(/ssh2\/lib\/http-agents\.js$/, () => 'exports.SSHTTPAgent = exports.SSHTTPSAgent = null')
      on(/ssh2\/lib\/server\.js$/, () => 'module.exports = null')
      // ssh2's own compiled part stays where npm compiled it, and may be absent.
      it.onResolve({ filter: /sshcrypto\.node$/ }, () => ({
        path: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node',
        external: true,
      }))
      it.onResolve({ filter: /^hc:/ }, ({ path }) => ({ path, namespace: 'hc' }))
      it.onLoad({ filter: /.*/, namespace: 'hc' }, ({ path }) => ({
        contents: { ...MADE, ...made }[path](),
        loader: 'js',
        resolveDir: '.',
      }))
    },
  }
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
    if (wasm === undefined) throw new Error(`one-file: ${file} holds no wasm`)
    return `export const wasm = ${JSON.stringify(wasm)}`
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

/** Its text. `place`: gives the text of a module with the plugin's folder (`root`) and where the code of the thread is; `banner` declares hcUrl, which stands for import.meta.url. */
export async function buildOneFile({ outfile, place, banner }) {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ['scripts/start.mjs'],
    outfile,
    write: false,
    format: 'cjs',
    plugins: [oneFile({ 'hc:place': place })],
    external: ['cpu-features', '*.node', 'typescript', 'ts-node', 'react-devtools-core'],
    define: { ...shared.define, 'import.meta.url': 'hcUrl' },
    banner: { js: banner },
  })
  // A bracket of a package's regular expression is left over; in ASCII the file is read at once.
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  return outputFiles[0].text.replace(/[\u0080-\uffff]/g, escaped)
}
