#!/usr/bin/env node
process.env.NODE_ENV = 'production' // react's production build; also keeps oclif from transpiling at run time
const [word, ...words] = process.argv.slice(2)
if (word === '__complete') {
  // A shell asks at each press of Tab: without oclif.
  const { complete } = await import('../dist/src/hc-complete.js')
  await complete(words)
} else {
  const { execute } = await import('../dist/src/ui/start.js')
  await execute({ dir: new URL('../dist/x', import.meta.url).href })
}
