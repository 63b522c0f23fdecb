import { Args } from '@oclif/core'
import { HcCommand } from '../src/ui/command.js'

export default class Explain extends HcCommand {
  static override summary = 'Tell why a slot is where it is, why not elsewhere, and what happened to it last'
  static override description =
    'Each host is judged as the planner judges it, with all other slots where they are: the decisive reason against it, or its ' +
    'points and what speaks for it. With HOST all is told that speaks against that one.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web.0',
    '<%= config.bin %> <%= command.id %> web.0 nuc2',
    '<%= config.bin %> <%= command.id %> web',
  ]
  static override args = {
    target: Args.string({ description: 'A slot, or a job', required: true, ignoreStdin: true }),
    host: Args.string({ description: 'Why not there?', ignoreStdin: true }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Explain)
    const { explainLines } = await import('../src/ui/explain.js')
    const { document } = await import('../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const view = await hc.explain(args.target, args.host ?? null)
        this.print(explainLines(view, this.onOut, args.host !== undefined))
        const [first, second] = view.slots
        if (first && second && args.host === undefined) this.suggest(`hc explain ${first.slot}`)
        return document(view)
      },
    )
  }
}
