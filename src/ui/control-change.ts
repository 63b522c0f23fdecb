// What the commands share that change control machines: the plan, the question, each step, what is to be known.
import { Flags } from '@oclif/core'
import type { ControlChangeView, ControlStep } from '../model/control-group.js'
import { HcCommand } from './command.js'
import { controlDoneLines, controlPlanLines, controlStepLine } from './control.js'

/** Flags of all of them. */
export const controlFlags = {
  'dry-run': Flags.boolean({
    default: false,
    description: 'Ask the hosts, show what would be done, and change nothing',
  }),
  yes: Flags.boolean({ char: 'y', default: false, description: 'Do not ask' }),
}

/** How one is carried out. */
export interface ChangeChoices {
  confirm(view: ControlChangeView): Promise<boolean>
  onStep(step: ControlStep): void
}

/** Base of the commands that change control machines. */
export abstract class ControlChangeCommand extends HcCommand {
  protected override leaves = 'it is carried to its end all the same, which takes seconds.'

  /** Shows, asks, does it, and says what came of it. */
  protected async change(
    flags: { readonly 'dry-run': boolean; readonly yes: boolean },
    work: (choices: ChangeChoices) => Promise<ControlChangeView>,
  ): Promise<ControlChangeView> {
    const dry = flags['dry-run']
    const view = await work({
      confirm: async (planned) => {
        if (!this.jsonEnabled()) this.say(controlPlanLines(planned, this.onErr))
        for (const note of planned.notes) this.warnOf(note)
        return !dry && (flags.yes || this.confirm('Do it?'))
      },
      onStep: (step) => this.say([controlStepLine(step)]),
    })
    if (view.declined) {
      if (dry) this.say(['Nothing was changed.'])
      else this.endDeclined()
      return view
    }
    this.print(controlDoneLines(view, this.onOut))
    for (const note of view.notes) this.warnOf(note)
    this.suggest('hc control list')
    return view
  }
}
