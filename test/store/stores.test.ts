// Every store of the project passes the same suite.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../src/store/store.js'
import { MemoryDisk, MemoryStore } from '../support/memory-store.js'
import { storeConformance } from './conformance.js'
import { WALL } from './world.js'

const wall = () => WALL

storeConformance('the store on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hc-store-'))
  return {
    open: (owner, command) => openStore(join(folder, '.hc'), { wall, owner, command }),
    lose: () => rm(join(folder, '.hc'), { recursive: true }),
    end: () => rm(folder, { recursive: true }),
  }
})

storeConformance('the store in memory', async () => {
  const disk = new MemoryDisk()
  return {
    open: (owner, command) => new MemoryStore(disk, { wall, owner, command }),
    lose: async () => disk.lose(),
    end: async () => undefined,
  }
})
