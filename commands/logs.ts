import { Args, Flags } from '@oclif/core'
import type { LogLine } from '../src/model/views.js'
import { HcCommand, linesFlag } from '../src/ui/command.js'

/** Lines per journal where neither -n nor --since says otherwise. */
const LINES = 100

export default class Logs extends HcCommand {
  static override summary = 'Show the journals of jobs and allocations, interleaved'
  static override description =
    'The journals stay on their hosts; those of a host that is out of reach are missing, with a warning.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web',
    '<%= config.bin %> <%= command.id %> web.0 db -f',
    '<%= config.bin %> <%= command.id %> web --since -1h --grep "error|warn"',
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
      description: 'The newest so many of each journal, or all; 100 unless --since is given',
    }),
    since: Flags.string({ helpValue: 'TIME', description: 'As journalctl takes it: -1h, today, "2026-11-22 10:00"' }),
    grep: Flags.string({ helpValue: 'PATTERN', description: 'Only lines that match, as journalctl --grep' }),
    prefix: Flags.boolean({
      default: true,
      allowNo: true,
      description: 'Say in front of each line where it comes from',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Logs)
    this.follows = flags.follow
    const { document } = await import('../src/ui/json.js')
    const { logLine } = await import('../src/ui/logs.js')
    const json = this.jsonEnabled()
    const { style } = this.onOut
    const lines: LogLine[] = []
    const onLine = (line: LogLine) => {
      if (!json) this.print([logLine(line, style, flags.prefix)])
      else if (flags.follow) this.printJsonLine(document(line))
      else lines.push(line)
    }
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const bound = flags.lines ?? (flags.since === undefined ? LINES : 'all')
        await hc.logs(args.target ?? [], {
          follow: flags.follow,
          lines: bound === 'all' ? null : bound,
          since: flags.since ?? null,
          grep: flags.grep ?? null,
          onLine,
          onWarning: (text) => this.warnOf(text),
        })
        return flags.follow ? undefined : document({ lines })
      },
    )
  }
}
