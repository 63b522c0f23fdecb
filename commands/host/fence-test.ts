import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class HostFenceTest extends HcCommand {
  static override summary = 'Try the fence driver of a host: ask it, or cut the power and give it again'
  static override description =
    prose(`Without --cycle nothing is done to the host: the driver (hc_fence) is asked whether it is on. --cycle cuts the power of the host,
waits until the driver says that it is off and the host answers no more, and switches it on again. What runs there dies as in a power cut.

Exit codes: 0 done; 1 the host still answered with its power off, or it was declined; 2 it has no driver, or the driver failed.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> nuc2',
    '<%= config.bin %> <%= command.id %> nuc2 --cycle',
  ]
  static override args = { host: Args.string({ description: 'Its name', required: true, ignoreStdin: true }) }
  static override flags = {
    cycle: Flags.boolean({ default: false, description: 'Cut the power and give it again' }),
    yes: Flags.boolean({ char: 'y', default: false, description: 'Cut it without asking' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(HostFenceTest)
    if (flags.cycle) this.needYes(flags.yes, 'host fence-test --cycle')
    const { document } = await import('../../src/ui/json.js')
    const { fenceTestLines } = await import('../../src/ui/fence-test.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const cuts = `Cut the power of ${args.host}? What runs there dies.`
        if (flags.cycle && !flags.yes && !(await this.confirm(cuts))) {
          this.endDeclined('Nothing was done.')
          return document({ host: args.host, declined: true })
        }
        const view = await hc.fenceTest(args.host, flags.cycle)
        this.print(fenceTestLines(view))
        this.endWith(view.cycled && !view.cycled.silent ? 1 : 0)
        return document(view)
      },
    )
  }
}
