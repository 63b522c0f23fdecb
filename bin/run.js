#!/usr/bin/env node
process.env.NODE_ENV = 'production' // react's production build; also keeps oclif from transpiling at run time
const { execute } = await import('../dist/src/ui/start.js')
await execute({ dir: new URL('../dist/x', import.meta.url).href })
