// Faults of power and of whole hosts.
import { HOSTS, lab, on, onAll } from '../integration/support/lab.js'
import type { LabHost } from '../integration/support/verbs.js'
import { sleep } from '../integration/support/wait.js'
import { away, type Fault, FENCED, home, LOST } from './fault.js'

function powerCut(host: LabHost): Fault {
  return {
    name: `power cut of ${host}`,
    what: 'cable out, all of it killed; on again after 26 s',
    act: async (stage) => {
      stage.mark()
      await lab('kill', host)
    },
    lasts: 26,
    undo: async () => void (await lab('boot', host)),
    gone: () => [host],
    bounds: LOST,
  }
}

/** sshd begins later than the rest of the host, s. */
const lateSshd = (seconds: number) =>
  `mkdir -p /etc/systemd/system/ssh.service.d && printf '[Service]\\nExecStartPre=/bin/sleep ${seconds}\\nTimeoutStartSec=120\\n' >/etc/systemd/system/ssh.service.d/test-late.conf; systemctl daemon-reload`
const NO_LATE_SSHD = 'rm -rf /etc/systemd/system/ssh.service.d; systemctl daemon-reload'

function slowBoot(seconds: number): Fault {
  return {
    name: `slow boot, sshd ${seconds} s late`,
    what: `power cut; on after 5 s, its sshd answers ${seconds} s after the rest`,
    act: async (stage) => {
      const { home: host } = stage
      await on(host, lateSshd(seconds))
      stage.mark()
      await lab('kill', host)
      await sleep(5000)
      await lab('boot', host, '--no-wait')
    },
    lasts: seconds + 10,
    undo: async ({ home: host }) => void (await on(host, NO_LATE_SSHD)),
    gone: home,
    // Once its kernel answers again it is not lost any more: what is exclusive waits for its sshd.
    bounds: { ordinary: 5 },
  }
}

export const POWER_FAULTS: readonly Fault[] = [
  ...HOSTS.map(powerCut),
  {
    name: 'power cut with a fence driver',
    what: 'as above; hc_fence says whether the host is off',
    fence: true,
    act: async (stage) => {
      const { home: host } = stage
      stage.mark()
      await lab('kill', host)
    },
    lasts: 14,
    undo: async ({ home: host }) => void (await lab('boot', host)),
    gone: home,
    bounds: FENCED,
  },
  {
    name: 'cut from all, with a fence driver',
    what: 'the host runs on and is cut from all; hc_fence cuts its power',
    fence: true,
    act: async (stage) => {
      const { home: host } = stage
      stage.mark()
      await lab('cut', host)
    },
    lasts: 14,
    undo: async ({ home: host }) => {
      await lab('heal', 'all')
      await lab('boot', host)
    },
    gone: home,
    bounds: FENCED,
  },
  {
    name: 'reboot',
    what: 'systemctl reboot on the host',
    act: async (stage) => {
      const { home: host } = stage
      stage.mark()
      await on(host, 'systemctl reboot').catch(() => {})
    },
    lasts: 15,
    wholeSpan: true,
    bounds: { exclusive: 20 },
  },
  slowBoot(15),
  slowBoot(40),
  {
    name: 'all hosts off and back',
    what: 'all three lose their power at once; on again after 10 s in the order 3, 1, 2',
    act: async (stage) => {
      stage.mark()
      await Promise.all(HOSTS.map((host) => lab('kill', host)))
      await sleep(10_000)
      for (const host of ['nuc3', 'nuc1', 'nuc2']) await lab('boot', host, '--no-wait')
    },
    lasts: 25,
    wholeSpan: true,
    bounds: {},
  },
  {
    name: 'two hosts lost at once',
    what: 'two of three lose their power; on again after 45 s',
    act: async (stage) => {
      stage.mark()
      await Promise.all(away(stage).map((host) => lab('kill', host)))
    },
    lasts: 45,
    undo: async (stage) => void (await Promise.all(away(stage).map((host) => lab('boot', host)))),
    gone: away,
    bounds: { verdict: 'lost' },
  },
  {
    name: 'frozen host that wakes',
    what: 'freezer cgroup for 25 s: its kernel answers pings, nothing on it runs',
    act: async (stage) => {
      const { home: host } = stage
      stage.mark()
      await lab('freeze', host)
    },
    lasts: 25,
    undo: async ({ home: host }) => void (await lab('thaw', host)),
    // Whose looks paused for so long may have been replaced: it stops what is exclusive, unless its lease is renewed first.
    bounds: { verdict: 'unmanageable', touched: 2 },
  },
  {
    name: 'suspended host that wakes',
    what: 'frozen and off the network for 30 s, as a laptop with its lid closed',
    act: async (stage) => {
      const { home: host } = stage
      stage.mark()
      await lab('cut', host)
      await lab('freeze', host)
    },
    lasts: 30,
    undo: async ({ home: host }) => {
      await lab('thaw', host)
      await lab('heal', 'all')
    },
    gone: home,
    // A look every 2 s, which takes 1.5 s, then the stop bound: outside of the guarantee, but bounded.
    bounds: { ...LOST, exclusiveDouble: 8.5 },
  },
  {
    name: 'sshd stopped',
    what: 'ssh.service stopped, its sessions killed, for 20 s',
    act: async (stage) => {
      const { home: host } = stage
      stage.mark()
      await on(
        host,
        'systemctl stop ssh.socket ssh.service 2>/dev/null; systemctl stop ssh.service; kill $(pgrep -x sshd); :',
      )
    },
    lasts: 20,
    undo: async ({ home: host }) => void (await on(host, 'systemctl start ssh')),
    bounds: { still: true, verdict: 'unmanageable' },
  },
  {
    name: 'sshd hangs',
    what: 'SIGSTOP to all of sshd for 25 s',
    act: async (stage) => {
      const { home: host } = stage
      stage.mark()
      await on(host, 'pkill -STOP -x sshd')
    },
    lasts: 25,
    undo: async ({ home: host }) => void (await on(host, 'pkill -CONT -x sshd')),
    bounds: { still: true, verdict: 'unmanageable' },
  },
  {
    name: 'full disk',
    what: 'the disk of a host is full for 20 s',
    quick: true,
    act: async (stage) => {
      const { home: host } = stage
      stage.mark()
      await lab('fill', host)
    },
    lasts: 20,
    undo: async ({ home: host }) => void (await lab('fill', host, '--clear')),
    bounds: { still: true },
  },
  {
    name: 'unit killed',
    what: 'kill -9 of the main process of an ordinary and an exclusive unit',
    quick: true,
    act: async (stage) => {
      stage.mark()
      await Promise.all([stage.killSlot('web1.0'), stage.killSlot('db.0')])
    },
    lasts: 10,
    wholeSpan: true,
    bounds: { ordinary: 5, exclusive: 5 },
  },
  {
    name: 'stopped by hand',
    what: 'systemctl stop of an ordinary unit on its host',
    quick: true,
    act: async (stage) => {
      stage.mark()
      await onAll('systemctl stop hc-web1.0.service 2>/dev/null; :')
    },
    lasts: 10,
    wholeSpan: true,
    bounds: { ordinary: 5 },
  },
  {
    name: 'container engines killed',
    what: 'kill -9 of dockerd, containerd, conmon and all containers on every host',
    act: async (stage) => {
      stage.mark()
      await onAll('pkill -9 -x dockerd; pkill -9 -x containerd; pkill -9 -x conmon; pkill -9 -f [c]ontainerd-shim; :')
    },
    lasts: 20,
    wholeSpan: true,
    // podman waits 20 s for the exit code of a container whose monitor was killed, before its unit ends and is restarted.
    bounds: { exclusive: 25 },
  },
]
