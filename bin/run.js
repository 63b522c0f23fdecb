#!/bin/sh
':' //; exec node -- "$0" "$@" # -- : else Node 20 takes --env-file among hc's own words for its own, and ends or takes it in
process.env.NODE_ENV = 'production' // react's production build; also keeps oclif from transpiling at run time
const [word, ...words] = process.argv.slice(2)
if (word === '__complete') {
  // A shell asks at each press of Tab: without oclif.
  const { complete } = await import('../dist/src/hc-complete.js')
  await complete(words)
} else if (word === '--version' && words.length === 0) {
  // Scripts ask often: without oclif, in its words.
  const { readFileSync } = await import('node:fs')
  const { name, version } = JSON.parse(readFileSync(new URL('../dist/package.json', import.meta.url), 'utf8'))
  console.log(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`)
} else {
  const { start } = await import('../dist/src/hc-start.js')
  start()
}
