import { Args, Command, loadHelpClass } from '@oclif/core'

export default class Help extends Command {
  static override summary = 'Show what hc or one of its commands can do'
  static override examples = ['<%= config.bin %> help', '<%= config.bin %> help job show']
  static override args = { command: Args.string({ description: 'A command', multiple: true, ignoreStdin: true }) }

  async run(): Promise<void> {
    const { args } = await this.parse(Help)
    const HelpClass = await loadHelpClass(this.config)
    await new HelpClass(this.config, this.config.pjson.oclif.helpOptions ?? {}).showHelp(args.command ?? [])
  }
}
