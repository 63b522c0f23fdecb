// Faults of the control machine, its store, and its operator.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { lab } from '../integration/support/lab.js'
import { Project } from '../integration/support/project.js'
import { sleep } from '../integration/support/wait.js'
import { type Fault, home, LOST } from './fault.js'

/** Shifts the wall clock of a node program (step-clock.mjs) from `afterMs` on. */
const STEP = new URL('step-clock.mjs', import.meta.url).href

/** The records; what a backup would not take along (socket, locks) stays. */
function copyStore(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 })
  for (const name of ['state.json', 'events.jsonl']) copyFileSync(join(from, name), join(to, name))
}

function clockStep(hours: number): Fault {
  return {
    name: `clock of the control machine steps ${hours > 0 ? 'on' : 'back'}`,
    what: `the wall clock of hc jumps by ${hours} h while its loop runs`,
    act: async (stage) => {
      await stage.loop?.kill('SIGTERM')
      await stage.startLoop({ NODE_OPTIONS: `--import ${STEP}`, HC_TEST_STEP: `${hours * 3_600_000} 8000` })
      await sleep(7000)
      stage.mark()
    },
    lasts: 12,
    undo: async (stage) => {
      await stage.loop?.kill('SIGTERM')
      await stage.startLoop()
    },
    bounds: { still: true },
  }
}

export const CONTROL_FAULTS: readonly Fault[] = [
  {
    name: 'hc killed in the midst of an apply',
    what: 'kill -9 of the loop while it restarts every slot; started again after 5 s',
    act: async (stage) => {
      stage.write('second')
      const apply = stage.project.start(['apply', '--detach'])
      await apply.ended
      await sleep(700)
      stage.mark()
      await stage.killLoop()
    },
    lasts: 5,
    undo: async (stage) => stage.startLoop(),
    wholeSpan: true,
    bounds: {},
  },
  {
    name: 'two hc at once',
    what: 'a second loop on the same store, and two applies of another version at the same time',
    quick: true,
    act: async (stage) => {
      stage.write('second')
      stage.mark()
      const second = stage.project.start(['reconcile', '--cron'])
      await Promise.all([stage.project.apply(), stage.project.apply()])
      await second.kill('SIGTERM')
    },
    lasts: 3,
    wholeSpan: true,
    bounds: {},
  },
  {
    name: 'two control machines',
    what: 'a loop on a copy of the store at another place runs beside the first for 15 s',
    act: async (stage) => {
      const copy = new Project()
      copyStore(stage.project.path('.hc'), copy.path('.hc'))
      stage.mark()
      const second = copy.start(['reconcile', '--cron'])
      await sleep(15_000)
      await second.kill('SIGKILL')
      await copy.close()
    },
    lasts: 1,
    bounds: { still: true },
  },
  {
    name: 'control machine off, a service killed meanwhile',
    what: 'hc killed and its machine cut from all for 75 s; kill -9 of two slots after 20 s',
    act: async (stage) => {
      await lab('cut', 'control')
      await stage.killLoop()
      await sleep(20_000)
      stage.mark()
      await Promise.all([stage.killSlot('web1.0'), stage.killSlot('db.0')])
    },
    lasts: 55,
    undo: async (stage) => {
      await lab('heal', 'all')
      await stage.startLoop()
    },
    bounds: { ordinary: 5, exclusive: 5 },
  },
  {
    name: 'store removed',
    what: '.hc/ removed under a running loop; after 15 s the same jobs are applied again',
    quick: true,
    act: async (stage) => {
      stage.mark()
      stage.project.remove('.hc')
    },
    lasts: 15,
    undo: async (stage) => {
      await stage.project.apply('--yes')
    },
    bounds: { still: true },
  },
  {
    name: 'store restored from an old copy',
    what: 'the store of before a new version and a move is put back, then the loop starts',
    act: async (stage) => {
      copyStore(stage.project.path('.hc'), stage.project.path('old'))
      stage.project.job('late', 'command: [sleep, infinity]\n')
      await stage.project.apply()
      await stage.killLoop()
      stage.project.remove('.hc')
      copyStore(stage.project.path('old'), stage.project.path('.hc'))
      stage.mark()
      await stage.startLoop()
    },
    lasts: 20,
    undo: async (stage) => {
      await stage.project.apply('--yes')
    },
    bounds: { still: true },
  },
  clockStep(1),
  clockStep(-1),
  {
    name: 'inventory edited while a host is lost',
    what: 'power cut; a faulty inventory after 1 s, a good one with other labels after 12 s',
    act: async (stage) => {
      stage.mark()
      await lab('kill', stage.home)
      await sleep(1000)
      let good = ''
      stage.project.editInventory((text) => {
        good = text
        return text.replace('  hosts:\n', '  hosts: [\n')
      })
      await sleep(11_000)
      stage.project.editInventory(() => good.replace('rack: a', 'rack: c'))
    },
    lasts: 16,
    undo: async ({ home: host }) => void (await lab('boot', host)),
    gone: home,
    bounds: LOST,
  },
]
