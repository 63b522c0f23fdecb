// Where the built program starts; bin/run.js loads it.
export { execute } from '@oclif/core'
