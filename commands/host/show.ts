import { Args } from '@oclif/core'
import { HcCommand } from '../../src/ui/command.js'

export default class HostShow extends HcCommand {
  static override summary = 'Show one host: is all well there, and if not, what and why'
  static override description =
    'What is believed of it and since when, what it has, what is reserved and free, what is there, what waits for it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc1',
    '<%= config.bin %> <%= command.id %> nuc1 --json',
  ]
  static override args = { host: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(HostShow)
    const { hostLines } = await import('../../src/ui/host.js')
    const { document } = await import('../../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await hc.host(args.host)
        this.print(hostLines(view, this.onOut))
        return document(view)
      },
    )
  }
}
