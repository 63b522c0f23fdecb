// Faults of the leader among several control machines, and of the way from it.
import { HOSTS, lab, on } from '../integration/support/lab.js'
import { eventually, sleep } from '../integration/support/wait.js'
import { type ControlStage, ETCD_PORTS, LOOP, SSH_PORT } from './control-stage.js'
import type { Bounds, Fault } from './fault.js'

/** A fault of the second campaign: this host leads when it begins; nuc1 unless it is said. */
export interface ControlFault extends Fault<ControlStage> {
  readonly leader?: (typeof HOSTS)[number]
}

/** The bounds of the issue: all answer within 20 s of the leader's loss, and another one leads by then. */
export const LEADER_LOST: Bounds = { ordinary: 20, exclusive: 20, nextLeader: 20, verdict: 'lost' }
/** The lead passes on; what runs is not touched. */
const PASSED_ON: Bounds = { still: true, nextLeader: 30 }

const gone = ({ home }: ControlStage) => [home]
const boot = async ({ home }: ControlStage) => void (await lab('boot', home))

function powerCut(leader: (typeof HOSTS)[number]): ControlFault {
  return {
    name: `power cut of the leader ${leader}`,
    what: 'cable out, all of it killed; on again after 30 s',
    leader,
    act: async (stage) => {
      stage.mark()
      await lab('kill', stage.home)
    },
    lasts: 30,
    undo: boot,
    gone,
    bounds: LEADER_LOST,
  }
}

/** The leader does not get through to these ports of others, or they not through to it. */
function blocked(
  name: string,
  what: string,
  act: (stage: ControlStage) => Promise<void>,
  bounds: Bounds,
): ControlFault {
  return {
    name,
    what: `${what}, for 30 s`,
    act: async (stage) => {
      stage.mark()
      await act(stage)
    },
    lasts: 30,
    undo: (stage) => stage.mend(),
    bounds,
  }
}

export const LEADER_FAULTS: readonly ControlFault[] = [
  ...HOSTS.map(powerCut),
  {
    name: 'power cut of the leader, then of the next',
    what: 'nuc1 off for 26 s and on again; as soon as its sshd answers, whoever leads by then loses its power',
    act: async (stage) => {
      await lab('kill', stage.home)
      await sleep(26_000)
      await boot(stage)
      stage.home = await stage.leads()
      stage.mark()
      await lab('kill', stage.home)
    },
    lasts: 35,
    undo: boot,
    gone,
    // The one that has just come back may have no voice yet.
    bounds: { ordinary: 20, nextLeader: 20, verdict: 'lost' },
  },
  {
    name: 'apply acknowledged, then power cut of the leader',
    what: 'hc apply --detach of another version of all jobs; its power is cut as soon as that ends',
    act: async (stage) => {
      await stage.applyNext()
      stage.mark()
      await lab('kill', stage.home)
    },
    lasts: 30,
    undo: async (stage) => {
      await boot(stage)
      await stage.mustHaveApplied()
    },
    gone,
    bounds: { nextLeader: 20, verdict: 'lost' },
  },
  blocked(
    'leader cut from etcd',
    'ports 2379 and 2380 of the others, and its own to them: hosts are within its reach',
    (stage) => stage.isolate(stage.home, ETCD_PORTS),
    PASSED_ON,
  ),
  blocked(
    'leader cut from the hosts',
    'it reaches port 22 of no other; etcd is within its reach',
    (stage) => stage.block(stage.home, SSH_PORT),
    PASSED_ON,
  ),
  blocked(
    'leader cut from etcd and the hosts',
    'both',
    async (stage) => {
      await stage.isolate(stage.home, ETCD_PORTS)
      await stage.block(stage.home, SSH_PORT)
    },
    PASSED_ON,
  ),
  {
    ...blocked(
      'leader cut from all',
      'its host runs on, alone',
      async ({ home }) => void (await lab('cut', home)),
      LEADER_LOST,
    ),
    gone,
  },
  {
    name: 'leader stopped past its lease',
    what: 'SIGSTOP to its loop for 20 s, then SIGCONT',
    act: async (stage) => {
      stage.mark()
      await on(stage.home, `systemctl kill -s STOP ${LOOP}`)
    },
    lasts: 20,
    undo: (stage) => stage.mend(),
    bounds: PASSED_ON,
  },
  {
    name: 'loop of the leader killed',
    what: 'kill -9; systemd starts it again',
    act: async (stage) => {
      stage.mark()
      await on(stage.home, `systemctl kill -s KILL ${LOOP}`)
    },
    lasts: 20,
    bounds: PASSED_ON,
  },
  {
    name: 'all three off and back',
    what: 'all lose their power at once; on again after 10 s, one after the other: nuc3, nuc1, nuc2',
    act: async (stage) => {
      stage.mark()
      await Promise.all(HOSTS.map((host) => lab('kill', host)))
      await sleep(10_000)
      for (const host of ['nuc3', 'nuc1', 'nuc2']) await lab('boot', host, '--no-wait')
    },
    lasts: 40,
    undo: async () => {
      for (const host of HOSTS) await eventually(`${host} is on`, async () => (await on(host, 'echo on')) === 'on\n')
    },
    wholeSpan: true,
    bounds: {},
  },
]
