import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'
import { effortFlag } from '../src/ui/common-flags.js'

/** What to write in a scenario instead of a flag. */
const HINTS = {
  lose: 'name the hosts in "lose" of the scenario',
  add: 'write the host into "hosts" of the scenario',
  set: 'change the field in "jobs" of the scenario',
  fill: 'raise "count" of the job in the scenario',
} as const

export default class Simulate extends HcCommand {
  static override summary = 'Plan without contact: what would run where, were it otherwise'
  static override description =
    prose(`Changes nothing and connects to nothing: hosts are what hc_capacity says. Without PATH, jobs are those that were
applied, running where the store has them; else the files in jobs/. --input takes one JSON scenario instead.

Exit codes: 0 when everything has its place; 4 when not; 2 when the input is wrong.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> --lose nuc2',
    '<%= config.bin %> <%= command.id %> --add nuc4:cpu=4,memory=8Gi,disk=100Gi,label.zone=a --set web.count=5',
    '<%= config.bin %> <%= command.id %> --fill web',
    '<%= config.bin %> <%= command.id %> --input scenario.json --json',
  ]
  static override args = {
    path: Args.string({
      description: 'Job files, or folders of them; the jobs that were applied if none is given',
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    lose: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'HOST',
      description: 'Hosts that are lost: a name or a pattern',
    }),
    add: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME:cpu=4',
      description: 'A host that is there too: NAME:cpu=4,memory=8Gi,label.zone=a; can be given several times',
    }),
    set: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'JOB.FIELD=VALUE',
      description: 'A field of a job that is otherwise',
    }),
    fill: Flags.string({ helpValue: 'JOB', description: 'Say how many more slots of the job would fit' }),
    input: Flags.string({
      helpValue: 'FILE',
      description: 'One JSON scenario: hosts, jobs, running, lose; - is standard input',
    }),
    effort: effortFlag,
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Simulate)
    const { EXIT } = await import('../src/ui/exit-codes.js')
    const { document } = await import('../src/ui/json.js')
    const exitOf = (left: number) => (left > 0 ? EXIT.unplaced : EXIT.done)
    const { input, effort } = flags
    if (input !== undefined) {
      if (args.path !== undefined && args.path.length > 0)
        throw this.misused('--input takes the place of job files', 'leave the files out')
      const beside = (['lose', 'add', 'set', 'fill'] as const).find((flag) => flags[flag] !== undefined)
      if (beside !== undefined)
        throw this.misused(`--input takes one whole scenario, and --${beside} changes the cluster`, HINTS[beside])
      const { answerScenario, showScenario } = await import('../src/hc-offline.js')
      if (this.jsonEnabled()) {
        const answer = answerScenario(input, effort)
        this.endWith(exitOf(answer.unplaced.length))
        return document(answer)
      }
      const { simulationLines } = await import('../src/ui/simulate.js')
      const shown = showScenario(input, effort)
      this.print(simulationLines(shown, this.onOut, effort))
      this.endWith(exitOf(shown.unplaced.length))
      return document(shown)
    }
    const { simulationLines } = await import('../src/ui/simulate.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        const { lose = [], add = [], set = [], fill = null } = flags
        const view = await hc.simulate(args.path ?? [], { lose, add, set, fill, effort })
        this.print(simulationLines(view, this.onOut, effort))
        this.endWith(exitOf(view.unplaced.length))
        return document(view)
      },
    )
  }
}
