// A question that is answered with no: nothing is done, stdout stays empty, and the exit code is 1, whichever command asked.
import { expect, test, vi } from 'vitest'
import Apply from '../../commands/apply.js'
import ControlAdd from '../../commands/control/add.js'
import ControlPromote from '../../commands/control/promote.js'
import ControlRemove from '../../commands/control/remove.js'
import DrillLose from '../../commands/drill/lose.js'
import HostClean from '../../commands/host/clean.js'
import HostDrain from '../../commands/host/drain.js'
import HostFenceTest from '../../commands/host/fence-test.js'
import HostForget from '../../commands/host/forget.js'
import InventoryRemove from '../../commands/inventory/remove.js'
import JobRemove from '../../commands/job/remove.js'
import JobUpdate from '../../commands/job/update.js'
import Rebalance from '../../commands/rebalance.js'
import StoreRestore from '../../commands/store/restore.js'
import { codeLines, partsOf } from '../../src/ui/help/help.js'
import { FakeTerminal } from '../ui/fake-terminal.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

const ASKING = [
  [Apply, ['jobs/']],
  [JobUpdate, ['web']],
  [JobRemove, ['web']],
  [DrillLose, ['nuc2']],
  [HostDrain, ['nuc1']],
  [HostFenceTest, ['nuc1', '--cycle']],
  [HostForget, ['nuc2']],
  [HostClean, ['nuc1']],
  [Rebalance, []],
  [InventoryRemove, ['nuc3']],
  [StoreRestore, ['hc.json', '--force']],
  [ControlAdd, ['nuc1']],
  [ControlPromote, ['nuc1']],
  [ControlRemove, ['nuc1']],
] as const

test.each(ASKING)('%o', async (command, argv) => {
  for (const json of [false, true]) {
    const words = json ? [...argv, '--json'] : argv
    const no = await run(command, words, { tty: true, answers: ['n'] })
    expect([no.questions.length, no.exitCode]).toEqual([1, 1])
    expect(no.stderr).toMatch(/Nothing was (done|changed|written)\.\n$/)
    if (json) expect(no.json).toMatchObject({ apiVersion: 'hc/v1', declined: true })
    else expect(no.stdout).toBe('')
  }
})

class Interrupted extends FakeTerminal {
  override async ask(question: string, signal: AbortSignal): Promise<string | null> {
    this.end('SIGINT')
    return super.ask(question, signal)
  }
}

test.each(ASKING)('%o at Ctrl-C in place of an answer says only that nothing was done', async (command, argv) => {
  const { stderr, exitCode } = await run(command, argv, { on: new Interrupted({ tty: true }) })
  expect(stderr).toMatch(/\nNothing was (done|changed|written)\.\n$/)
  expect(stderr).not.toContain('Interrupted')
  expect(exitCode).toBe(130)
})

test.each(ASKING)('%o tells so in its help', (command) => {
  const { codes } = partsOf(command.description)
  expect(codeLines(codes).find((line) => /^1 .*declined|^as of hc apply/.test(line))).toBeDefined()
})
