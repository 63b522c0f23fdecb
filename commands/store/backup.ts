import { Args } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class StoreBackup extends HcCommand {
  static override summary = 'Copy all that the store keeps into one file'
  static override description =
    prose(`Jobs and their versions, placements, what was said of hosts, back-offs, events: all of it as it stands at one moment, from a folder
or from etcd; the loop may tick on. The file is written whole or not at all (0600), says what it is, and carries a checksum. It holds the key of
the store: keep it as you keep a password. An older backup of that name is replaced, any other file is not.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> hc.json',
    '<%= config.bin %> <%= command.id %> /srv/backup/hc.json --json',
  ]
  static override args = {
    file: Args.string({ description: 'Where to', required: true, ignoreStdin: true }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(StoreBackup)
    const { document } = await import('../../src/ui/json.js')
    const { backupLines } = await import('../../src/ui/store.js')
    return this.withHc(
      flags,
      () => import('../../src/hc.js'),
      async (hc) => {
        const made = await hc.backupStore(args.file)
        this.print(backupLines(made))
        for (const name of made.missing)
          this.warnOf(`the copy of a job's file (${name.slice(0, 12)}) is lost in the store: hc apply records it anew`)
        this.suggest(`hc store restore ${made.file} puts it back`)
        return document(made)
      },
    )
  }
}
