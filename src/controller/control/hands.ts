// Writes on hosts under the term of the store in force. Where another control machine has come to lead meanwhile, the host
// refuses, and it is said again under the term that is in force by then.
import type { ControlStep, EtcdLook } from '../../model/control-group.js'
import { UserError } from '../../model/errors.js'
import type { Host } from '../../model/host.js'
import type { HostName, Millis } from '../../model/names.js'
import type { Guard } from '../../remote/guard.js'
import { refusedForTerm } from '../../remote/standby.js'
import { claim } from '../term.js'
import type { World } from '../world.js'
import type { Place } from './ground.js'

/** Between two tries, ms, and how many there are. */
const AGAIN_MS: Millis = 1000
const TRIES = 5
/** How long to wait on the host for another write, ms. */
const LOCK_MS: Millis = 20_000

/** A host, and the answer that a write rests on. */
export interface Target {
  readonly host: Host
  readonly etcd: Pick<EtcdLook, 'bootId' | 'uptimeMs'>
  readonly at: Millis
}

/** What came of a write. */
export interface Written {
  /** null: it was done. */
  readonly error: string | null
  readonly output: string
}

/** What is done, step by step: each is told at once, and kept. */
export function recordSteps(choices: { onStep(step: ControlStep): void }) {
  const done: ControlStep[] = []
  const onStep = (host: HostName | null, text: string): void => {
    const step = { host, text }
    done.push(step)
    choices.onStep(step)
  }
  return { done, onStep }
}

/** Writes on hosts. */
export class Hands {
  readonly world: World
  place: Place

  constructor(world: World, place: Place) {
    this.world = world
    this.place = place
  }

  /** Never rejects for what a host does. Throws UserError where the store does not answer. */
  async write(
    { host, etcd, at }: Target,
    make: (guard: Guard) => string,
    read: (output: string) => string | null,
    timeoutMs: Millis,
  ): Promise<Written> {
    const { clock, transport } = this.world
    for (let tries = 1; ; tries += 1) {
      const guard = await this.#guard(etcd.bootId, etcd.uptimeMs + (clock.now() - at) + timeoutMs)
      const said = await transport.run(host, { script: make(guard), lane: 'act', timeoutMs })
      if (!said.ok) return { error: said.failure.message, output: '' }
      if (!refusedForTerm(said.output) || tries >= TRIES) return { error: read(said.output), output: said.output }
      await clock.sleep(AGAIN_MS)
    }
  }

  async #guard(bootId: string, deadlineMs: Millis): Promise<Guard> {
    const { store } = this.place
    // On etcd the owner is the etcd itself; this machine's own name goes with its folder alone.
    const records = claim(await store.read(), store === this.world.store ? this.world.owner : null)
    if (!records) throw new UserError('there is no store any more', { exitCode: 1 })
    const { term, cluster } = records
    return { term, cluster, key: null, bootId, deadlineMs: Math.floor(deadlineMs), lockMs: LOCK_MS }
  }
}

/** Throws UserError where something was not done, with the host. */
export function orStop({ error }: Written, host: Host, hint: string): void {
  if (error === null) return
  throw new UserError(error, { host: host.name, exitCode: 1, hint })
}

/** What to do where it was stopped half-way. */
export const GOES_ON = 'mend it and run the same command again: what is done is not done twice'
