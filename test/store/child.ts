// A process of its own that works on a store, for tests that kill it.
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import type { Records } from '../../src/model/records.js'
import type { Store } from '../../src/ports.js'
import { openStore } from '../../src/store/store.js'

const [verb = '', folder = '', count = '0'] = process.argv.slice(2)
const store = openStore(folder, { wall: () => new Date().toISOString(), owner: 'child', command: `hc ${verb}` })

async function change(edit: (records: Records) => Records): Promise<Records> {
  const lock = await store.lock(60_000)
  try {
    const records = edit((await store.read()) ?? (await store.create()))
    await store.write(records)
    return records
  } finally {
    await lock.release()
  }
}

function counted(records: Records): Records {
  return { ...records, term: { ...records.term, number: records.term.number + 1 } }
}

function say(line: unknown): void {
  process.stdout.write(`${line}\n`)
}

/** Says each number after it was written: what was said must be there after a kill. */
async function write(filler: number): Promise<void> {
  for (;;) {
    const { term } = await change((records) => ({ ...counted(records), removed: { filler: 'x'.repeat(filler) } }))
    const event = {
      kind: 'warning',
      host: null,
      slot: null,
      reason: null,
      text: `${term.number} ${'é'.repeat(3000)}`,
    } as const
    const [recorded] = await store.appendEvents([event], term.number)
    say(`${term.number} ${recorded?.id}`)
  }
}

async function hold(target: Store): Promise<void> {
  await target.lock(60_000)
  await target.lockLoop()
  say(process.pid)
}

const VERBS: Readonly<Record<string, () => Promise<void>>> = {
  write: () => write(Number(count)),
  async increment() {
    for (let done = 0; done < Number(count); done += 1) await change(counted)
  },
  hold: () => hold(store),
  async 'hold-with-child'() {
    await store.lock(60_000)
    await store.lockLoop()
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
    say(child.pid)
  },
  async 'hold-while-removed'() {
    await hold(store)
    await rm(folder, { recursive: true })
    say('removed')
  },
  async lock() {
    const result = await store.lock(Number(count)).then(
      () => 'locked',
      (error: Error) => error.message,
    )
    say(result)
    process.exit(0)
  },
}

await VERBS[verb]?.()
if (verb.startsWith('hold')) setInterval(() => undefined, 60_000)
