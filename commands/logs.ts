import { Args, Flags } from '@oclif/core'
import type { LogLine } from '../src/model/views.js'
import { HcCommand, prose } from '../src/ui/command.js'
import { linesFlag } from '../src/ui/common-flags.js'
import { EXIT } from '../src/ui/exit-codes.js'

/** Lines of each slot where neither -n nor --since says otherwise. */
const LINES = 100

export default class Logs extends HcCommand {
  static override summary = 'Show the journals of jobs and allocations, interleaved'
  static override description =
    prose(`The journals stay on their hosts; those of a host that is out of reach are missing, with a warning. Followed (-f), a
slot is followed wherever it goes: to the host that replaces a lost one, through restarts and drains, and so are slots that a
job gets later.

Exit codes: 0; 3 where a journal could not be read; 2 for a name or a time that is wrong; 130 after Ctrl-C.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web.0 db -f',
    '<%= config.bin %> <%= command.id %> web --since -1h --grep "error|warn"',
    '<%= config.bin %> <%= command.id %> web --since yesterday --until today -t',
  ]
  static override args = {
    target: Args.string({
      description: 'Jobs (web) and slots (web.0); all if none is given',
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    follow: Flags.boolean({ char: 'f', default: false, description: 'Go on with new lines until Ctrl-C' }),
    lines: linesFlag({
      char: 'n',
      description: 'The newest so many of each slot, or all; 100 unless --since or --until is given',
    }),
    since: Flags.string({
      helpValue: 'TIME',
      description: 'As journalctl takes it, by each host\'s own clock: -1h, today, "2026-11-22 10:00"',
    }),
    until: Flags.string({ helpValue: 'TIME', description: 'The same for the end', exclusive: ['follow'] }),
    grep: Flags.string({ helpValue: 'PATTERN', description: 'Only lines that match, as journalctl --grep takes it' }),
    timestamps: Flags.boolean({ char: 't', default: false, description: 'Say in front of each line when it was said' }),
    utc: Flags.boolean({ default: false, description: 'As --timestamps, in UTC' }),
    prefix: Flags.boolean({
      default: true,
      allowNo: true,
      description: 'Say in front of each line where it comes from; it does unless --no-prefix is given',
    }),
    'all-hosts': Flags.boolean({
      default: false,
      description: 'Also what earlier allocations of the slots left on other hosts',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Logs)
    this.follows = flags.follow
    const { document } = await import('../src/ui/json.js')
    const { logLine } = await import('../src/ui/logs.js')
    const json = this.jsonEnabled()
    const { style } = this.onOut
    const times = flags.utc ? 'utc' : flags.timestamps ? 'local' : 'none'
    const lines: LogLine[] = []
    const onLine = (line: LogLine) => {
      if (!json) this.print([logLine(line, style, flags.prefix, times)])
      else if (flags.follow) this.printJsonLine(document(line))
      else lines.push(line)
    }
    const bounded = flags.since !== undefined || flags.until !== undefined
    const bound = flags.lines ?? (bounded ? 'all' : LINES)
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        await hc.logs(args.target ?? [], {
          follow: flags.follow,
          lines: bound === 'all' ? null : bound,
          since: flags.since ?? null,
          until: flags.until ?? null,
          grep: flags.grep ?? null,
          allHosts: flags['all-hosts'],
          onLine,
          onWarning: (text) => this.warnOf(text),
          onNote: (text) => this.noteOf(text),
          onMissing: () => this.endWith(EXIT.outOfReach),
        })
        return flags.follow ? undefined : document({ lines })
      },
    )
  }

  /** What happens to what is followed, apart from its lines. */
  private noteOf(text: string): void {
    this.say([this.onErr.style.paint('bold', `-- ${text}`)])
  }
}
