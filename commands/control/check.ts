import { HcCommand, prose } from '../../src/ui/command.js'

export default class ControlCheck extends HcCommand {
  static override summary = 'Say what is wrong with the control machines, and what mends it'
  static override description =
    prose(`Asks the etcd, its members and the hosts: does more than half answer, may one more fail, does a loop lead, does every machine have the
loop, the program and the files that this one has. Changes nothing. Exit code 1 where there is a problem, 0 where there are warnings at most.`)
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ControlCheck)
    const { document } = await import('../../src/ui/json.js')
    const { controlCheckLines } = await import('../../src/ui/control.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const view = await hc.checkControl()
        this.print(controlCheckLines(view, this.onOut))
        if (view.findings.some(({ level }) => level === 'problem')) this.endWith(1)
        return document(view)
      },
    )
  }
}
