// What a simulated host writes down of its runs, line for line as the scripts of src/drivers/runs.ts do.
import { RUNS_KEPT } from '../../src/drivers/runs.js'
import type { SlotName } from '../../src/model/names.js'

/** How a run ended, in the words of systemd: `$SERVICE_RESULT`, or `stopped`, `$EXIT_CODE` and `$EXIT_STATUS`. */
export interface LoggedEnd {
  readonly result: string
  readonly code: string
  readonly status: string
  /** NRestarts. */
  readonly restarts: number
}

/** The folder of one host; a full disk takes no line. */
export class RunLog {
  readonly #files = new Map<string, string>()
  readonly #isFull: () => boolean

  constructor(isFull: () => boolean) {
    this.#isFull = isFull
  }

  /** A run begins; `second`: of the wall clock. What is still open was cut off. */
  begin(slot: SlotName, second: number, bootId: string, tag: string): void {
    if (this.#files.has(`${slot}.now`)) this.#cutOff(slot)
    // The shell makes the file, and cannot fill it.
    this.#files.set(`${slot}.now`, this.#isFull() ? '' : `${second} ${bootId} ${tag}`)
  }

  /** It has ended, or was stopped before it began: then what is open of an earlier boot was cut off with that. */
  end(slot: SlotName, second: number, bootId: string, tag: string, end: LoggedEnd): void {
    const { result, code, status, restarts } = end
    const [start = '', boot = '', own = ''] = this.#files.get(`${slot}.now`)?.split(' ') ?? ['-', '', tag]
    const isOld = boot !== '' && boot !== bootId
    if (isOld) this.#cutOff(slot)
    this.#keep(slot, `${isOld ? '-' : start} ${second} ${result} ${code} ${status} ${isOld ? tag : own} ${restarts}`)
    this.#files.delete(`${slot}.now`)
  }

  #cutOff(slot: SlotName): void {
    const [start = '', , before = ''] = this.#files.get(`${slot}.now`)?.split(' ') ?? []
    this.#keep(slot, `${start} - lost - - ${before}`)
  }

  /** A slot leaves the host; `all`: its job was removed. */
  remove(slot: SlotName, all: boolean): void {
    for (const end of all ? ['now', 'last', 'log'] : ['now']) this.#files.delete(`${slot}.${end}`)
  }

  wipe(): void {
    this.#files.clear()
  }

  /** Lines of the section of a probe, of slots that have their unit there. */
  shown(hasUnit: (slot: SlotName) => boolean): readonly string[] {
    return [...this.#files].flatMap(([name, text]) => {
      const [, slot = '', which = ''] = /^(.+)\.(now|last|log)$/.exec(name) ?? []
      return which !== 'log' && text !== '' && hasUnit(slot) ? [`${name} ${text}`] : []
    })
  }

  /** What `runLogScript` prints of the slots of a job. */
  logOf(job: string): string {
    return [...this.#files]
      .filter(([name]) => name.startsWith(`${job}.`) && name.endsWith('.log'))
      .flatMap(([name, text]) => text.split('\n').map((line) => `${name.slice(0, -'.log'.length)} ${line}\n`))
      .join('')
  }

  #keep(slot: SlotName, line: string): void {
    if (this.#isFull()) return
    const before = this.#files.get(`${slot}.log`)?.split('\n') ?? []
    this.#files.set(`${slot}.log`, [...before.slice(1 - RUNS_KEPT), line].join('\n'))
    this.#files.set(`${slot}.last`, line)
  }
}
