import { Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'

export default class Simulate extends HcCommand {
  static override summary = 'Plan without contact: what would run where, if'
  static override description =
    prose(`Answers with the same engine as hc plan, and changes nothing. --input takes one JSON scenario.

Exit codes: 0 when everything has its place; 4 when not; 2 when the input is wrong.`)
  static override examples = ['<%= config.bin %> <%= command.id %> --input scenario.json --json']
  static override flags = {
    input: Flags.string({
      helpValue: 'FILE',
      description: 'One JSON scenario: hosts, jobs, running, lose; - is standard input',
    }),
    effort: Flags.integer({
      default: 1,
      min: 1,
      max: 1000,
      helpValue: 'N',
      description: 'Search N times as long before giving up',
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Simulate)
    const { document } = await import('../src/ui/json.js')
    const { answerScenario } = await import('../src/hc-offline.js')
    const view = answerScenario(flags.input ?? '-', flags.effort)
    this.endWith(view.unplaced.length > 0 ? 4 : 0)
    return document(view)
  }
}
