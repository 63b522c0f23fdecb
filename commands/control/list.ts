import { HcCommand, prose } from '../../src/ui/command.js'

export default class ControlList extends HcCommand {
  static override summary = 'Show the control machines: who leads, who stands by, how their etcd is'
  static override description =
    prose(`One line for each machine that holds the store (hc control add) or whose loop stands by. LOOP is its unit, ETCD its member: one of
them leads the etcd, which is another matter than who leads the loop. HAS tells whether program and files are those of this machine.`)
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ControlList)
    const { document } = await import('../../src/ui/json.js')
    const { controlListLines } = await import('../../src/ui/control.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await hc.listControl()
        this.print(controlListLines(view, this.onOut))
        return document(view)
      },
    )
  }
}
