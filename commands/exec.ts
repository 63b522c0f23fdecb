import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'
import { EXIT, exitOfOwnError } from '../src/ui/exit-codes.js'

export default class Exec extends HcCommand {
  static override summary = 'Run a command beside an allocation'
  static override description =
    prose(`In its container where it has one; else on its host, as its main process has it: user and groups, working folder,
environment (HC_SLOT and its like), mounts and network. Of a job the first running slot is taken. Without a command, a shell.

stdin is passed on; where stdin and stdout are terminals the command gets one too, and Ctrl-C is its own.

Exit codes: the command's own; 125 where hc could not run it or lost it.`)
  static override usage = '<%= command.id %> SLOT|JOB [--[no-]tty] [-- COMMAND...]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web.0',
    '<%= config.bin %> <%= command.id %> db -- pg_dump app > app.sql',
    "<%= config.bin %> <%= command.id %> web.0 -- sh -c 'echo $HC_HOST'",
    '<%= config.bin %> <%= command.id %> db.0 -- psql app < app.sql',
  ]
  static override strict = false
  static override args = {
    target: Args.string({ description: 'A slot (web.0) or a job (web)', required: true, ignoreStdin: true }),
  }
  static override flags = {
    tty: Flags.boolean({
      char: 't',
      allowNo: true,
      description: 'A terminal for the command; unless said, where stdin and stdout are terminals',
    }),
  }

  protected override exitOfError(error: unknown): number {
    return exitOfOwnError(error)
  }

  async run(): Promise<unknown> {
    const { args, flags, raw } = await this.parse(Exec)
    // Not `argv`: oclif sorts it by first occurrence, which moves words that occur twice.
    const command = raw.filter((token) => token.type === 'arg').map((token) => token.input)
    command.shift()
    const { inputIsTTY, out } = this.terminal
    const tty = flags.tty ?? (inputIsTTY && out.isTTY)
    const json = this.jsonEnabled()
    if (json && flags.tty === true) throw this.misused('--tty and --json exclude each other', 'leave one of them out')
    if (command.length === 0 && (json || !tty)) {
      throw this.misused('no command to run, and no terminal for a shell', `hc exec ${args.target} -- COMMAND`)
    }
    // Where nobody reads any more, the command has nothing left to do.
    this.follows = true
    this.endWith(EXIT.readerGone)
    const { collecting } = await import('../src/ui/collecting.js')
    const { document } = await import('../src/ui/json.js')
    const own = this.terminal.nearEnd(tty && !json)
    const kept = collecting(own)
    try {
      return await this.withHc(
        flags,
        () => import('../src/hc.js'),
        async (hc) => {
          const onNote = (text: string) => this.say([this.onErr.style.paint('dim', text)])
          const view = await hc.exec(args.target, command, { near: json ? kept.near : own, onNote })
          own.stop()
          this.endWith(view.exitCode)
          return document({ ...view, ...kept.outputs() })
        },
      )
    } finally {
      own.stop(true)
    }
  }
}
