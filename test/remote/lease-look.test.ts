// Whom a host without a lease reaches: who counts, and how soon it knows, in the shells that hosts have.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LEASE_SCRIPT } from '../../src/remote/lease-script.js'
import { LeaseHost, voter } from './lease-support.js'
import { SHELLS } from './support.js'

let host: LeaseHost
beforeEach(() => {
  host = new LeaseHost()
})
afterEach(() => host.remove())

/** What the script itself took, ms: what it left behind in a look that hangs goes with its service. */
const MEASURE = 'echo "$((($(date +%s%N) - began) / 1000000))" >>"$FAKE/took"'

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const run = (argument = ''): string =>
    host.run(shell, `set -- '${argument}'\nbegan=$(date +%s%N)\n${LEASE_SCRIPT}\n${MEASURE}`)
  const armed: LeaseHost['arm'] = (...args) => host.arm(...args)
  const runs = (): boolean => host.goesOn
  const stopped = (): boolean => host.hasStopped

  test('case 6: an answer with the hardware address of something else does not count', () => {
    armed()
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    host.answers('10.0.0.3', '66:66:66:66:66:66')
    run()
    expect(stopped()).toBe(true)
  })

  test('on another network an answer counts where the host key was seen when it was armed', () => {
    armed()
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    host.put('answers/10.0.0.3', '')
    host.put('run/armed/proven', 'nuc3\n')
    run()
    expect(runs()).toBe(true)
    host.put('run/armed/proven', 'nuc33\n')
    run()
    expect(stopped()).toBe(true)
  })

  test('a ping that knows no intervals is asked plainly', () => {
    armed({ voters: [voter(2)] })
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    host.put(
      'bin/ping',
      '#!/bin/sh\ncase "$*" in (*" -i "*) echo "ping: invalid number 0.2"; exit 1 ;; esac\nexec true\n',
    )
    run()
    expect(runs()).toBe(true)
  })

  test('the ping of iputils ends with the first answer: a look takes no longer than that', () => {
    armed({ voters: [voter(2)] })
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    host.put(
      'bin/ping',
      `#!/bin/sh
case "$*" in
  (-V) echo 'ping from iputils 20221126'; exit 0 ;;
  (*'-c 1 -w '*) exit 0 ;;
esac
sleep 5; exit 0
`,
    )
    run()
    expect(runs()).toBe(true)
  })

  test('an error that a router sends is no answer yet: it is asked on', () => {
    armed({ voters: [voter(2)] })
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    host.put(
      'bin/ping',
      `#!/bin/sh
case "$*" in
  (-V) echo 'ping from iputils 20221126'; exit 0 ;;
  (*'-c 1 -w '*) echo '1 packets transmitted, 0 received, +1 errors'; exit 1 ;;
esac
echo '3 packets transmitted, 1 received'; exit 1
`,
    )
    run()
    expect(runs()).toBe(true)
  })

  test('case 20: a look that hangs is bounded, and who answered beside it counts', () => {
    armed()
    host.answers('10.0.0.2', '02:00:00:00:00:02')
    host.answers('10.0.0.3', '02:00:00:00:00:03')
    host.put(
      'bin/ip',
      '#!/bin/sh\nfor a in "$@"; do :; done\ncase $a in (10.0.0.9) exec sleep 5 ;; esac\necho "$a lladdr $(cat "$FAKE/macs/$a") REACHABLE"\n',
    )
    host.put('answers/10.0.0.9', '')
    const took = (): number => {
      run()
      return Number(/(\d+)\n$/.exec(host.read('took'))?.[1])
    }
    expect(took()).toBeLessThan(1000)
    expect(runs()).toBe(true)
    host.remove('answers/10.0.0.3')
    expect(took()).toBeLessThan(4000)
    expect(stopped()).toBe(true)
  })
})
