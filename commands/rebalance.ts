import { Flags } from '@oclif/core'
import type { RebalanceView } from '../src/model/rebalance.js'
import { HcCommand, prose } from '../src/ui/command.js'

export default class Rebalance extends HcCommand {
  static override summary = 'Move what runs to where it is better off'
  static override description =
    prose(`Looks for the moves that gain most by the score of the plan, shows them with what each gains, asks on a terminal, and makes
them one after the other: stopped here first, then started there. hc never does this by itself. What is exclusive, pinned or not well is
not moved, and no move is made after which the loss of a host would no longer be survived.

Exit codes: 0 done, or nothing gains; 1 something failed, was declined, or the cluster is not at rest; 3 hosts out of reach left
something undone; 4 something found no place there.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --moves 10 --yes',
  ]
  static override flags = {
    yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }),
    moves: Flags.integer({ default: 3, min: 1, max: 1000, helpValue: 'N', description: 'At most so many moves' }),
    'dry-run': Flags.boolean({ default: false, description: 'Show the moves, and stop' }),
  }

  protected override leaves =
    'the move that is under way is carried out by hc reconcile, or the loop; no other is begun.'

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Rebalance)
    const { exitOfApply } = await import('../src/ui/exit-codes.js')
    const { document } = await import('../src/ui/json.js')
    const { rebalancedLines, rebalancePlanLines } = await import('../src/ui/rebalance.js')
    return this.withHc(
      flags,
      () => import('../src/hc.js'),
      async (hc) => {
        if (flags['dry-run']) {
          const plan = await hc.planRebalance(flags.moves)
          this.print(rebalancePlanLines(plan, this.onOut))
          return document(plan)
        }
        const view = await this.withProgress((onProgress) =>
          hc.rebalance({
            moves: flags.moves,
            confirm: (plan) => this.agree(plan, flags.yes, rebalancePlanLines(plan, this.onErr)),
            onProgress,
          }),
        )
        if (view.declined) {
          this.endDeclined()
          return document(view)
        }
        this.print(rebalancedLines(view, this.onOut))
        if (view.loopTicking === false)
          this.warnOf('no loop is ticking: a later loss is not handled: hc reconcile --install')
        if (view.converged && view.more) this.suggest('hc rebalance: further moves would gain')
        this.endWith(exitOfApply(view))
        return document(view)
      },
    )
  }

  /** The moves and the question are no result: they go to stderr. */
  private async agree(plan: RebalanceView, yes: boolean, lines: readonly string[]): Promise<boolean> {
    this.say(lines)
    return this.mayGoOn(
      plan,
      yes,
      plan.moves.length === 1 ? 'Make this move?' : `Make these ${plan.moves.length} moves?`,
    )
  }
}
