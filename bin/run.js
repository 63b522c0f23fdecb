#!/usr/bin/env node
process.env.NODE_ENV = 'production' // react's production build; also keeps oclif from transpiling at run time
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0) // `hc events | head`: a reader that closes is no failure
  throw error
})
const { execute } = await import('@oclif/core')
await execute({ dir: new URL('../dist/x', import.meta.url).href })
