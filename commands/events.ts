import { Flags } from '@oclif/core'
import type { Event } from '../src/model/event.js'
import { HcCommand } from '../src/ui/command.js'

export default class Events extends HcCommand {
  static override summary = 'Show the record: what was decided and done, and why'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -n 200',
    '<%= config.bin %> <%= command.id %> -f --json',
  ]
  static override flags = {
    follow: Flags.boolean({ char: 'f', default: false, description: 'Go on with new events until Ctrl-C' }),
    lines: Flags.integer({ char: 'n', description: 'The newest so many', default: 50, min: 0 }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Events)
    this.follows = flags.follow
    const { eventLine } = await import('../src/ui/events.js')
    const { document } = await import('../src/ui/json.js')
    const events: Event[] = []
    const onEvent = (event: Event) => {
      if (!this.jsonEnabled()) this.print([eventLine(event, this.onOut)])
      else if (flags.follow) this.printJsonLine(document(event))
      else events.push(event)
    }
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        await hc.events({ limit: flags.lines, follow: flags.follow, onEvent })
        return flags.follow ? undefined : document({ events })
      },
    )
  }
}
