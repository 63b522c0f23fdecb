// Two faults that meet.
import { HOSTS, lab, labHost, others } from '../integration/support/lab.js'
import { only } from '../integration/support/seen.js'
import type { LabHost } from '../integration/support/verbs.js'
import { sleep } from '../integration/support/wait.js'
import { type Fault, HEALED, home, LOST } from './fault.js'
import type { Stage } from './stage.js'

const bootAll = async () => void (await Promise.all(HOSTS.map((host) => lab('boot', host))))

/** Where the exclusive unit runs now; the first home where it runs nowhere. */
async function homeNow(stage: Stage): Promise<LabHost> {
  try {
    return labHost((await only('db.0')).host)
  } catch {
    return stage.home
  }
}

export const TWICE_FAULTS: readonly Fault[] = [
  {
    name: 'the replacement is lost too',
    what: 'power cut; 8 s later, with ordinary slots elsewhere, that of a second host; both on again after 40 s',
    act: async (stage) => {
      stage.mark()
      await lab('kill', stage.home)
      await sleep(8000)
      await lab('kill', others(stage.home)[0] ?? '')
    },
    lasts: 40,
    undo: bootAll,
    gone: ({ home: host }) => [host, ...others(host).slice(0, 1)],
    bounds: { verdict: 'lost' },
  },
  {
    name: 'one after the other',
    what: 'power cut; on after 24 s; 6 s later the host under the exclusive unit loses its power, on after 26 s',
    act: async (stage) => {
      await lab('kill', stage.home)
      await sleep(24_000)
      await lab('boot', stage.home)
      await sleep(6000)
      stage.home = await homeNow(stage)
      stage.mark()
      await lab('kill', stage.home)
    },
    lasts: 26,
    undo: bootAll,
    gone: home,
    bounds: LOST,
  },
  {
    name: 'lost amid an apply',
    what: 'another version of all jobs; 0.7 s later the power of a host is cut; on after 30 s',
    act: async (stage) => {
      stage.write('second')
      await stage.project.start(['apply', '--detach', '--yes']).ended
      await sleep(700)
      stage.mark()
      await lab('kill', stage.home)
    },
    lasts: 30,
    undo: bootAll,
    gone: home,
    // Both a new version and a loss: what is exclusive may have moved for neither.
    bounds: { exclusive: 25 },
  },
  {
    name: 'lost amid a drain',
    what: 'hc host drain; 0.5 s later its power is cut; on after 30 s, in service again',
    act: async (stage) => {
      stage.project.start(['host', 'drain', stage.home, '--yes'])
      await sleep(1000)
      stage.mark()
      await lab('kill', stage.home)
    },
    lasts: 30,
    undo: async (stage) => {
      await bootAll()
      await stage.project.hc('host', 'uncordon', stage.home)
    },
    gone: home,
    bounds: { exclusive: 25 },
  },
  {
    name: 'lost while hc starts',
    what: 'the loop is killed, a host loses its power, the loop starts again at once; on after 30 s',
    act: async (stage) => {
      await stage.killLoop()
      stage.mark()
      await lab('kill', stage.home)
      await stage.startLoop()
    },
    lasts: 30,
    undo: bootAll,
    gone: home,
    // A loop that has just begun knows nothing: its first look, then the ordinary way.
    bounds: { ordinary: 12, exclusive: 25, verdict: 'lost' },
  },
  {
    name: 'a lost host returns as its slot starts elsewhere',
    what: 'one host is cut from all for 17 s: about when the lease has ended and the other copy starts',
    act: async (stage) => {
      stage.mark()
      await lab('cut', stage.home)
      await sleep(17_000)
      await lab('heal', 'all')
    },
    lasts: 1,
    gone: home,
    bounds: HEALED,
  },
  {
    name: 'cut off in pieces',
    what: 'one host loses a peer, 4 s later the control machine, 4 s later the last peer; healed in that order',
    act: async (stage) => {
      const [first = '', second = ''] = others(stage.home)
      stage.mark()
      for (const peer of [first, 'control', second]) {
        await lab('cut', stage.home, '--from', peer)
        await sleep(4000)
      }
      await sleep(12_000)
      for (const peer of [first, 'control', second]) {
        await lab('heal', stage.home, '--from', peer)
        await sleep(4000)
      }
    },
    lasts: 1,
    gone: home,
    bounds: HEALED,
  },
]
