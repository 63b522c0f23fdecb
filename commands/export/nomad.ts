import { Args, Flags } from '@oclif/core'
import { HcCommand, prose } from '../../src/ui/command.js'

export default class ExportNomad extends HcCommand {
  static override summary = 'Make job files for Nomad of job files'
  static override description =
    prose(`Prints the job as HCL, or as the JSON of Nomad's API (nomad job run -json). What has no counterpart there, and what means something else
or needs something besides, is listed on stderr with what to do. Values of secrets are never part of it. Nothing is connected to.

Exit codes: 0 done; 2 usage or files wrong, or a file is there already.`)
  static override examples = [
    { command: '<%= config.bin %> <%= command.id %> web > web.nomad.hcl', description: 'One job, printed' },
    {
      command: '<%= config.bin %> <%= command.id %> web --format json | nomad job run -json -',
      description: 'Straight to Nomad',
    },
    { command: '<%= config.bin %> <%= command.id %> --out nomad', description: 'All jobs of jobs/, a file for each' },
    { command: '<%= config.bin %> <%= command.id %> --from other/site.yml', description: 'Of a job file elsewhere' },
  ]
  static override args = {
    job: Args.string({
      description: 'Jobs of the job files, by name; all if none is given',
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    from: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'PATH',
      description: 'Job files, or folders of them; jobs/ beside the inventory if it is not given',
    }),
    format: Flags.option({
      options: ['hcl', 'json'] as const,
      default: 'hcl',
      description: 'What is printed or written',
    })(),
    out: Flags.string({
      helpValue: 'FOLDER',
      description: 'Write JOB.nomad.hcl (or .json) there, a file for each job',
    }),
    force: Flags.boolean({ default: false, description: 'Replace files that are there' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExportNomad)
    const { exportNomadJobs } = await import('../../src/hc-export.js')
    const { document } = await import('../../src/ui/json.js')
    const { exportRemarkLines } = await import('../../src/ui/export.js')
    const { text, ...view } = await exportNomadJobs({
      inventory: flags.inventory,
      jobs: args.job ?? [],
      from: flags.from ?? [],
      format: flags.format,
      out: flags.out,
      force: flags.force,
      asData: this.jsonEnabled(),
    })
    if (flags.out === undefined) this.print(text.trimEnd().split('\n'))
    else this.print(view.jobs.map(({ file }) => `Written: ${file}`))
    if (!this.jsonEnabled()) this.say(exportRemarkLines(view.remarks, this.onErr))
    this.suggest('nomad job validate FILE, nomad job plan FILE')
    return document(view)
  }
}
