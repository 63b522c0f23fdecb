import { Args } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'

export default class Validate extends HcCommand {
  static override summary = 'Check inventory and job files without contact to any host'
  static override description =
    prose(`Every fault is shown with file, line and column, the line itself, and the nearest right name.

Exit codes: 0 valid; 2 not.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> jobs/web.yml jobs/db.yml',
  ]
  static override args = {
    path: Args.string({
      description: 'Job files, or folders of them; jobs/ beside the inventory if none is given',
      multiple: true,
      ignoreStdin: true,
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Validate)
    const { document } = await import('../src/ui/json.js')
    const { validateLines } = await import('../src/ui/validate.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const view = await hc.validate(args.path ?? [])
        this.print(validateLines(view, this.onOut))
        this.suggest('hc plan')
        return document(view)
      },
    )
  }
}
