import { Flags } from '@oclif/core'
import type { Event, EventKind } from '../src/model/event.js'
import { HcCommand, prose } from '../src/ui/command.js'
import { linesFlag } from '../src/ui/common-flags.js'
import { EVENT_KINDS } from '../src/ui/events.js'
import { parsePast, parseWord } from '../src/ui/flags.js'

/** Events where neither -n nor --since says otherwise. */
const NEWEST = 50

const KINDS = Object.keys(EVENT_KINDS).filter((kind): kind is EventKind => kind in EVENT_KINDS)

const kindFlag = Flags.custom<EventKind>({ helpValue: 'KIND', parse: async (text) => parseWord(text, KINDS, 'kind') })

export default class Events extends HcCommand {
  static override summary = 'Show the record: what was decided and done, and why'
  static override description =
    prose(`What hc saw, decided and did, oldest first, with the reason of each: verdicts over hosts, moves, restarts, applies, your own words. The store
keeps the newest of them, a bounded number. Nothing is connected to. With --json one object; with -f one per line as they come.

Exit codes: 0 done; 2 for a name or a time that is wrong; 130 after Ctrl-C.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --job web --since 2h',
    '<%= config.bin %> <%= command.id %> --host nuc2 --kind verdict --kind failed -n all',
    '<%= config.bin %> <%= command.id %> -f --json',
  ]
  static override flags = {
    follow: Flags.boolean({ char: 'f', default: false, description: 'Go on with new events until Ctrl-C' }),
    lines: linesFlag({ char: 'n', description: 'The newest so many, or all; 50 unless --since is given' }),
    job: Flags.string({ helpValue: 'NAME', description: 'Only those of a job (web) or a slot (web.0)' }),
    host: Flags.string({ helpValue: 'NAME', description: 'Only those of a host' }),
    kind: kindFlag({ multiple: true, description: `Only these kinds: ${KINDS.join(', ')}` }),
    since: Flags.string({ helpValue: 'TIME', description: 'Not before: 1h, 2d, today, 10:00, "2026-11-22 10:00"' }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Events)
    this.follows = flags.follow
    const { wrappedEvent } = await import('../src/ui/events.js')
    const { document } = await import('../src/ui/json.js')
    const since = flags.since === undefined ? undefined : parsePast(flags.since, this.terminal.now())
    const { job, host, kind: kinds } = flags
    const filtered = [job, host, kinds, since].some((part) => part !== undefined)
    const newest = flags.lines ?? (since === undefined ? NEWEST : 'all')
    const events: Event[] = []
    const onEvent = (event: Event) => {
      if (!this.jsonEnabled()) this.print(wrappedEvent(event, this.onOut))
      else if (flags.follow) this.printJsonLine(document(event))
      else events.push(event)
    }
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        await hc.events({
          limit: newest === 'all' ? Number.MAX_SAFE_INTEGER : newest,
          follow: flags.follow,
          onEvent,
          ...(filtered && { filter: { job, host, kinds, since } }),
        })
        return flags.follow ? undefined : document({ events })
      },
    )
  }
}
