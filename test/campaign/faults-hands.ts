// What persons and other programs do to a host behind hc's back.
import { lab, on, onAll } from '../integration/support/lab.js'
import { sleep } from '../integration/support/wait.js'
import { type Fault, HEALED, home, still } from './fault.js'

/** Keeps every core of a host busy for some seconds; returns at once. */
export const busy = (seconds: number) =>
  `for n in 1 2 3 4 5 6; do timeout ${seconds} sh -c 'while :; do :; done' >/dev/null 2>&1 & done`

export const HANDS_FAULTS: readonly Fault[] = [
  {
    name: 'removed by hand',
    what: 'unit file of an ordinary slot removed and the unit stopped; a container removed by force',
    act: async (stage) => {
      stage.mark()
      await onAll(
        'if [ -e /etc/systemd/system/hc-web1.0.service ]; then rm /etc/systemd/system/hc-web1.0.service; systemctl stop hc-web1.0; systemctl daemon-reload; fi; podman rm -f -t 0 hc-site.0 >/dev/null 2>&1; :',
      )
    },
    lasts: 12,
    wholeSpan: true,
    bounds: { ordinary: 8 },
  },
  {
    name: 'words and terms removed by hand',
    what: 'rm -rf /run/hc /var/lib/hc on the host of the exclusive unit',
    act: async (stage) => {
      stage.mark()
      await on(stage.home, 'rm -rf /run/hc /var/lib/hc')
    },
    lasts: 15,
    wholeSpan: true,
    // What was armed there stops, as without a word it may not run; hc knows that and starts it again.
    bounds: { exclusive: 20 },
  },
  still('lease timer stopped by hand', 'systemctl stop of the timers of hc', 20, async ({ home: host }) => {
    await on(host, "systemctl stop 'hc-*.timer'")
  }),
  still('systemd and dbus', 'daemon-reexec, journald restarted and dbus reloaded on every host', 15, async () => {
    await onAll('systemctl daemon-reexec; systemctl restart systemd-journald; systemctl reload dbus; :')
  }),
  still('sessions killed', 'all SSH sessions of every host are killed once a second, 15 times', 5, async () => {
    for (let n = 0; n < 15; n++) {
      await onAll('pkill -9 -f "^sshd: [a-z]*(@|$)"; pkill -9 -x sshd-session; :').catch(() => {})
      await sleep(1000)
    }
  }),
  still('full load', 'six busy processes on every host for 30 s', 32, async () => void (await onAll(busy(30)))),
  {
    ...still(
      'full load and a bad network',
      '10 % loss, 200 ms delay, six busy processes on one host for 40 s',
      42,
      async ({ home: host }) => {
        await on(host, busy(40))
        await lab('net', host, '--loss', '10', '--delay', '200')
      },
    ),
    undo: async ({ home: host }) => void (await lab('net', host, '--clear')),
  },
  still('hc stopped and continued', 'SIGSTOP to the loop for 20 s', 5, async (stage) => {
    stage.loop?.signal('SIGSTOP')
    await sleep(20_000)
    stage.loop?.signal('SIGCONT')
  }),
  {
    name: 'hc stopped, a host lost meanwhile',
    what: 'SIGSTOP to the loop; 3 s later the power of a host is cut; the loop goes on after 20 s, the host after 45 s',
    act: async (stage) => {
      stage.mark()
      stage.loop?.signal('SIGSTOP')
      await sleep(3000)
      await lab('kill', stage.home)
      await sleep(17_000)
      stage.loop?.signal('SIGCONT')
    },
    lasts: 25,
    undo: async ({ home: host }) => void (await lab('boot', host)),
    gone: home,
    bounds: { verdict: 'lost' },
  },
  ...[6, 9, 12].map(
    (seconds): Fault => ({
      name: `cut for ${seconds} s, twice`,
      what: `one host is alone for ${seconds} s, back for 1 s, and alone again`,
      act: async (stage) => {
        stage.mark()
        for (let n = 0; n < 2; n++) {
          await lab('cut', stage.home)
          await sleep(seconds * 1000)
          await lab('heal', 'all')
          await sleep(1000)
        }
      },
      lasts: 1,
      gone: home,
      bounds: HEALED,
    }),
  ),
]
