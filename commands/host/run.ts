import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'
import { durationFlag } from '../../src/ui/common-flags.js'
import { exitOfOwnError } from '../../src/ui/exit-codes.js'

export default class HostRun extends HcCommand {
  static override summary = 'Run a command on several hosts at once'
  static override description =
    prose(`As root, or by sudo -n. Each line of output has its host in front. stdin is empty. The pattern is Ansible's: web, web:&prod, all:!nuc3, nuc*.

Exit codes: the command's own, of several hosts the highest; 125 where one could not be reached or did not end in time.`)
  static override usage = '<%= command.id %> PATTERN [--parallel N] [--timeout TIME] -- COMMAND...'
  static override examples = [
    '<%= config.bin %> <%= command.id %> all -- uptime',
    '<%= config.bin %> <%= command.id %> web --timeout 10s -- systemctl is-active nginx',
    "<%= config.bin %> <%= command.id %> all -- sh -c 'df -h / | tail -1'",
  ]
  static override strict = false
  static override args = {
    pattern: Args.string({ description: 'Which hosts', required: true, ignoreStdin: true }),
  }
  static override flags = {
    parallel: Flags.integer({ helpValue: 'N', description: 'So many hosts at a time', default: 20, min: 1 }),
    group: Flags.boolean({
      default: false,
      description: 'Print at the end, hosts that said the same together',
    }),
    timeout: durationFlag({ description: 'End it after this; without it until the command ends or Ctrl-C' }),
  }

  protected override leaves = 'what was started on the hosts is ended there.'

  protected override exitOfError(error: unknown): number {
    return exitOfOwnError(error)
  }

  async run(): Promise<unknown> {
    const { args, flags, raw } = await this.parse(HostRun)
    // Not `argv`: oclif sorts it by first occurrence, which moves words that occur twice.
    const command = raw.filter((token) => token.type === 'arg').map((token) => token.input)
    command.shift()
    if (command.length === 0) throw this.misused('no command to run', `hc host run ${args.pattern} -- uptime`)
    const { exitOfHostRun } = await import('../../src/ui/exit-codes.js')
    const { hostRunRecap, sameOutputs } = await import('../../src/ui/host-run.js')
    const { document } = await import('../../src/ui/json.js')
    const output = await this.outputByHost(!this.jsonEnabled() && !flags.group)
    // What is shown as it comes need not be kept.
    const keep = this.jsonEnabled() || flags.group ? {} : { keep: 0 }
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const hosts = await hc.hostRun(args.pattern, command, {
          parallel: flags.parallel,
          timeoutMs: flags.timeout ?? null,
          ...keep,
          onOutput: output.push,
          onNote: (text) => this.say([this.onErr.style.paint('dim', text)]),
        })
        output.end()
        if (flags.group) this.print(sameOutputs(hosts, this.onOut.style))
        if (!this.jsonEnabled()) this.say(hostRunRecap(hosts, this.onErr))
        this.endWith(exitOfHostRun(hosts))
        return document({ hosts })
      },
    )
  }

  /** Whole lines with their host, to the stream that they came from. */
  private async outputByHost(shown: boolean) {
    const { hostOutputLine, wholeLines } = await import('../../src/ui/host-run.js')
    return wholeLines((host, stream, line) => {
      if (!shown) return
      if (stream === 'stdout') this.print([hostOutputLine(host, line, this.onOut.style)])
      else this.say([hostOutputLine(host, line, this.onErr.style)])
    })
  }
}
