import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class StoreRestore extends HcCommand {
  static override summary = 'Put a backup in the place of the store'
  static override description =
    prose(`A file that is damaged, or something else than a backup, is refused; so is one that would replace a newer store, or that of another
cluster, without --force. Refused while a loop ticks. What was there is saved first. The restored store shows, but writes to no host before hc
reconcile --take-over: what was decided since the backup is not in it, and another hc may act by now.

Exit codes: 0 done; 1 declined; 2 refused, or the file is no backup.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> /srv/backup/hc.json',
    '<%= config.bin %> <%= command.id %> /srv/backup/hc.json --force --yes',
  ]
  static override args = {
    file: Args.string({ description: 'The backup', required: true, ignoreStdin: true }),
  }
  static override flags = {
    force: Flags.boolean({ default: false, description: 'Also in place of a newer store, or one of another cluster' }),
    yes: Flags.boolean({ char: 'y', default: false, description: 'With --force: do not ask' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(StoreRestore)
    if (flags.force) this.needYes(flags.yes, 'store restore --force')
    const { document } = await import('../../src/ui/json.js')
    const { restoreLines } = await import('../../src/ui/store.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        if (flags.force && !flags.yes && !(await this.confirm('Replace whatever store is there?'))) {
          this.endDeclined()
          return document({ declined: true })
        }
        const done = await hc.restoreStore(args.file, { force: flags.force })
        this.print(restoreLines(done))
        this.suggest('make sure that no other hc acts on these hosts, then hc reconcile --take-over')
        return document(done)
      },
    )
  }
}
