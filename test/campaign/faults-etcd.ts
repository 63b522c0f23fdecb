// Faults of the etcd that the control machines hold together, and of the disks below it.
import { type LabHost, lab, on, onAll, others } from '../integration/support/lab.js'
import { sleep } from '../integration/support/wait.js'
import { type ControlStage, ETCD } from './control-stage.js'
import type { ControlFault } from './faults-leader.js'

const STILL = { still: true } as const
const standby = ({ home }: ControlStage): LabHost => others(home)[0] ?? 'nuc2'

/** etcd is stopped on these hosts while it lasts. */
function stopped(name: string, what: string, where: (stage: ControlStage) => readonly LabHost[]): ControlFault {
  return {
    name,
    what: `systemctl stop of hc-etcd ${what}, for 25 s`,
    act: async (stage) => {
      stage.mark()
      await onAll(`systemctl stop ${ETCD}`, where(stage))
    },
    lasts: 25,
    undo: (stage) => stage.mend(),
    bounds: STILL,
  }
}

function fullDisk(name: string, where: (stage: ControlStage) => LabHost): ControlFault {
  return {
    name,
    what: 'nothing more can be written on its disk for 25 s',
    act: async (stage) => {
      stage.mark()
      await lab('fill', where(stage))
    },
    lasts: 25,
    undo: async (stage) => {
      await lab('fill', where(stage), '--clear')
      await stage.mend()
    },
    bounds: STILL,
  }
}

/** Without a quorum nothing is written, and that is said; what is shown comes from the copy on this machine. */
async function saysNoQuorum(stage: ControlStage): Promise<void> {
  stage.write('refused')
  const apply = await stage.project.hc('apply', '--detach')
  if (apply.code === 0) stage.faults.push('an apply was acknowledged without a quorum')
  if (!apply.stderr.includes('quorum'))
    stage.faults.push(`apply does not say why it is refused: ${apply.stderr.trim()}`)
  const status = await stage.project.hc('status')
  const said = status.stdout + status.stderr
  if (!said.includes('quorum')) stage.faults.push(`status does not say that there is no quorum: ${said.trim()}`)
}

export const ETCD_FAULTS: readonly ControlFault[] = [
  {
    name: 'etcd of the leader killed',
    what: 'SIGKILL on its host; systemd starts it again',
    act: async (stage) => {
      stage.mark()
      await on(stage.home, `systemctl kill -s KILL ${ETCD}`)
    },
    lasts: 15,
    bounds: STILL,
  },
  stopped('etcd of the leader stopped', 'on its host', ({ home }) => [home]),
  stopped('etcd of another stopped', 'on one that stands by', (stage) => [standby(stage)]),
  {
    ...stopped('two of three etcds stopped', 'on both that stand by: no quorum', ({ home }) => others(home)),
    act: async (stage) => {
      stage.mark()
      await onAll(`systemctl stop ${ETCD}`, others(stage.home))
      await saysNoQuorum(stage)
    },
  },
  fullDisk('disk full below the etcd of another', standby),
  {
    ...fullDisk('disk full below the etcd of the leader', ({ home }) => home),
    what: 'nothing more can be written on its disk for 25 s; hc apply --detach of another version after 2 s',
    act: async (stage) => {
      await lab('fill', stage.home)
      stage.mark()
      await sleep(2000)
      await stage.applyNext()
    },
    undo: async (stage) => {
      await lab('fill', stage.home, '--clear')
      await stage.mend()
      await stage.mustHaveApplied()
    },
    // What is applied restarts every slot.
    bounds: {},
  },
]
