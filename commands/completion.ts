import { Args } from '@oclif/core'
import { HcCommand, prose } from '../src/ui/command.js'
import { SHELLS } from '../src/ui/completion/scripts.js'

export default class Completion extends HcCommand {
  static override summary = 'Print the script that completes hc on the command line of a shell'
  static override description =
    prose(`Commands, flags and their values, files, and the names of jobs, slots, hosts, groups and versions. Names come from the inventory
and from what hc remembers of the cluster: nothing is connected to, and nothing is written.

bash: source <(hc completion bash) in ~/.bashrc. zsh: source <(hc completion zsh) in ~/.zshrc, after compinit; or hc completion zsh into a file
named _hc in a folder of fpath. fish: hc completion fish into ~/.config/fish/completions/hc.fish.`)
  static override examples = [
    {
      command: '$ source <(<%= config.bin %> <%= command.id %> bash)',
      description: 'In bash, for now; in ~/.bashrc, for good',
    },
    { command: '$ source <(<%= config.bin %> <%= command.id %> zsh)', description: 'In zsh, after compinit' },
    {
      command: '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/hc.fish',
      description: 'In fish',
    },
  ]
  static override args = {
    shell: Args.string({ description: 'The shell', options: [...SHELLS], required: true, ignoreStdin: true }),
  }

  async run(): Promise<unknown> {
    const { args } = await this.parse(Completion)
    const { completionScript } = await import('../src/ui/completion/scripts.js')
    const { document } = await import('../src/ui/json.js')
    const shell = SHELLS.find((each) => each === args.shell) ?? 'bash'
    const script = completionScript(shell)
    this.print(script.trimEnd().split('\n'))
    return document({ shell, script })
  }
}
