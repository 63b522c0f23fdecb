import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'

export default class Doctor extends HcCommand {
  static override summary = 'Examine the hosts and this machine: what is wrong, and what mends it'
  static override description =
    prose(`Nothing is changed. docs/doctor.md lists all that can be found. Exit code: 0 nothing worse than notes, 1 warnings or faults,
3 hosts out of reach.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> nuc2 --verbose',
  ]
  static override strict = false
  static override args = {
    host: Args.string({ description: 'Hosts, or patterns of them; else all', ignoreStdin: true }),
  }
  static override flags = {
    verbose: Flags.boolean({ char: 'v', default: false, description: 'Show also what is well' }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(Doctor)
    const { doctorLines, exitOfDoctor } = await import('../src/ui/doctor.js')
    const { document } = await import('../src/ui/json.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const view = await hc.doctor(argv.map(String))
        this.print(doctorLines(view, this.onOut, flags.verbose))
        this.endWith(exitOfDoctor(view))
        return document(view)
      },
    )
  }
}
