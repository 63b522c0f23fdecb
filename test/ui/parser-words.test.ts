import { describe, expect, test } from 'vitest'
import Completion from '../../commands/completion.js'
import ExportNomad from '../../commands/export/nomad.js'
import HostDrain from '../../commands/host/drain.js'
import HostShow from '../../commands/host/show.js'
import Logs from '../../commands/logs.js'
import Rebalance from '../../commands/rebalance.js'
import { run } from '../commands/run.js'

describe('a line that is wrong is told in the words of hc, with the nearest right one', () => {
  test.each([
    [Logs, ['--folow'], 'unknown flag: --folow', 'did you mean "--follow"? '],
    [Logs, ['--no-prefx'], 'unknown flag: --no-prefx', 'did you mean "--no-prefix"? '],
    [Logs, ['--frobnicate'], 'unknown flag: --frobnicate', ''],
    [HostDrain, ['nuc1', '--deadlin=10m'], 'unknown flag: --deadlin=10m', 'did you mean "--deadline"? '],
    [Completion, ['tcsh'], '"tcsh" is not one of bash, zsh, fish', ''],
    [Completion, ['zhs'], '"zhs" is not one of bash, zsh, fish', 'did you mean "zsh"? '],
    [ExportNomad, ['--format', 'jsn'], '--format takes no "jsn"', 'did you mean "json"? it takes hcl or json '],
    [HostShow, [], 'HOST is missing', ''],
    [HostShow, ['nuc1', 'nuc2'], 'there is no place for nuc2', ''],
    [Rebalance, ['--moves'], '--moves takes a value', ''],
    [Rebalance, ['--moves', 'many'], '--moves: takes a whole number, not "many"', ''],
    [Rebalance, ['--moves', '0'], '--moves: takes a number of at least 1, not "0"', ''],
    [Logs, ['-f', '--until', 'today'], '--follow and --until exclude each other', ''],
  ] as const)('%o %j', async (command, argv, message, hint) => {
    const { stderr, exitCode } = await run(command, argv)
    const [first, second] = stderr.split('\n')
    expect([first, exitCode]).toEqual([`error: ${message}`, 2])
    expect(second).toMatch(new RegExp(`^hint: ${hint.replace(/[?]/g, '\\?')}hc [a-z ]+ --help shows what it takes$`))
  })
})
