import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class ImportCompose extends HcCommand {
  static override summary = 'Make job files of the services of a Compose file'
  static override description =
    prose(`One job file for each service, named PROJECT-SERVICE. What has no counterpart, and what means something else, is listed
with its place and what to do instead; it stands in the job files too. Variables come from the environment and from .env, as in Compose; several
files are laid over each other, the later one wins. Files that are there are not overwritten unless --force is given.

Exit codes: 0 written; 2 usage or files wrong, or a file is there already.`)
  static override examples = [
    '<%= config.bin %> <%= command.id %> compose.yml',
    '<%= config.bin %> <%= command.id %> compose.yml --dry-run',
    '<%= config.bin %> <%= command.id %> compose.yml compose.override.yml --out jobs --project cloud',
    '<%= config.bin %> <%= command.id %> compose.yml --profile backup --variables prod.env --force',
  ]
  static override args = {
    file: Args.string({ description: 'Compose files', required: true, multiple: true, ignoreStdin: true }),
  }
  static override flags = {
    out: Flags.string({ helpValue: 'FOLDER', description: 'Where to; jobs/ beside the inventory if it is not given' }),
    project: Flags.string({ helpValue: 'NAME', description: "The project's name; else as Compose finds it" }),
    profile: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME',
      description: 'Take the services of this profile too; * is all of them',
    }),
    // In the single executable Node takes --env-file for its own before hc sees it, and nothing can be put in between.
    variables: Flags.string({
      aliases: ['env-file'],
      helpValue: 'FILE',
      description: 'In place of .env beside the first file',
    }),
    driver: Flags.option({
      options: ['podman', 'docker'] as const,
      description: 'What runs the containers; podman if it is not given',
    })(),
    force: Flags.boolean({ default: false, description: 'Replace files that are there' }),
    'dry-run': Flags.boolean({ default: false, description: 'Say what would be written, and write nothing' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ImportCompose)
    const { importComposeFiles } = await import('../../src/hc-import.js')
    const { document } = await import('../../src/ui/json.js')
    const { importLines } = await import('../../src/ui/import.js')
    const { texts: _, ...view } = await importComposeFiles({
      inventory: flags.inventory,
      files: args.file,
      out: flags.out,
      project: flags.project,
      profiles: flags.profile ?? [],
      envFile: flags.variables,
      driver: flags.driver,
      force: flags.force,
      dryRun: flags['dry-run'],
      environment: this.terminal.env,
    })
    this.print(importLines(view, this.onOut))
    this.suggest(
      view.written ? 'read the job files, then: hc validate, hc plan' : 'hc import compose without --dry-run',
    )
    return document(view)
  }
}
