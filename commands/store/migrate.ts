import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class StoreMigrate extends HcCommand {
  static override summary = 'Move the store: from its folder to etcd, or back'
  static override description =
    prose(`All that it keeps is copied, read back and compared; then the old store is marked, so that no hc goes on with it, and is left as it was
otherwise. Refused while a loop ticks on either. Services run on meanwhile. Afterwards hc_store in the inventory has to name the new place.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> etcd://nuc1,nuc2,nuc3',
    '<%= config.bin %> <%= command.id %> file',
  ]
  static override args = {
    to: Args.string({
      description: 'As in hc_store: etcd://HOST,...; or file: the folder .hc beside the inventory',
      required: true,
      ignoreStdin: true,
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(StoreMigrate)
    const { document } = await import('../../src/ui/json.js')
    const { migrateLines, settingFor } = await import('../../src/ui/store.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const done = await hc.migrateStore(args.to)
        this.print(migrateLines(done))
        this.suggest(`${settingFor(done.to)}, then start the loop again`)
        return document(done)
      },
    )
  }
}
