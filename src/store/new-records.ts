// The first records of a cluster.
import { randomBytes } from 'node:crypto'
import type { Records } from '../model/records.js'
import { FORMAT } from './format.js'

/** Records of a new cluster: random id (10 hex digits) and key (32 bytes, hex), first term, nothing applied. */
export function newRecords(owner: string): Records {
  return {
    format: FORMAT,
    cluster: randomBytes(5).toString('hex'),
    key: randomBytes(32).toString('hex'),
    term: { number: 1, owner },
    jobs: {},
    removed: {},
    placements: {},
    hosts: {},
    backOffs: {},
    inventory: null,
  }
}
