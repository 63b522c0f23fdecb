// Faults of the network.
import { HOSTS, lab, others } from '../integration/support/lab.js'
import { sleep } from '../integration/support/wait.js'
import { type Fault, home, LOST } from './fault.js'
import type { Stage } from './stage.js'

const heal = async () => void (await lab('heal', 'all'))

/** How long a healthy cluster loses 10 % of its packets, s. */
const LOSS_S = Number(process.env.HC_CAMPAIGN_LOSS_S ?? 180)

function cut(
  name: string,
  what: string,
  lasts: number,
  bounds: Fault['bounds'],
  words: (stage: Stage) => string[][],
): Fault {
  return {
    name,
    what: `${what}, for ${lasts} s`,
    act: async (stage) => {
      stage.mark()
      await Promise.all(words(stage).map((each) => lab(...each)))
    },
    lasts,
    undo: heal,
    bounds,
  }
}

function shaped(name: string, what: string, words: readonly string[]): Fault {
  return {
    name,
    what: `${what} of one host, in each direction, for 40 s`,
    act: async (stage) => {
      stage.mark()
      await lab('net', stage.home, ...words)
    },
    lasts: 40,
    undo: async ({ home: host }) => void (await lab('net', host, '--clear')),
    bounds: { still: true },
  }
}

/** With one peer it reaches two of four voters, itself included, which is no majority: it stops what is exclusive. */
const ONE_PEER = { ordinary: 1, verdict: 'cut-off' } as const
const CUT_OFF = { still: true, verdict: 'cut-off' } as const

export const NETWORK_FAULTS: readonly Fault[] = [
  cut('cut from the control machine only', 'the hosts hear each other', 25, CUT_OFF, ({ home: host }) => [
    ['cut', host, '--from', 'control'],
  ]),
  {
    ...cut('cut from all', 'one host is alone, and runs on', 28, LOST, ({ home: host }) => [['cut', host]]),
    gone: home,
  },
  {
    ...cut('one way: it hears nobody', 'the others hear it', 28, {}, ({ home: host }) => [['cut', host, '--one-way']]),
    gone: home,
  },
  {
    ...cut('one way: nobody hears it', 'it hears the others', 28, {}, ({ home: host }) => [
      ...['control', 'witness', ...others(host)]
        .filter((peer) => peer !== 'witness')
        .map((peer) => ['cut', peer, '--from', host, '--one-way']),
    ]),
    gone: home,
  },
  cut('non-transitive: two hosts apart', 'the control machine reaches both', 25, { still: true }, ({ home: host }) => [
    ['cut', host, '--from', others(host)[0] ?? ''],
  ]),
  cut('non-transitive: one peer is left', 'one host reaches only one other', 28, ONE_PEER, ({ home: host }) => [
    ['cut', host, '--from', 'control'],
    ['cut', host, '--from', others(host)[0] ?? ''],
  ]),
  cut('the control machine is alone', 'it reaches nobody, the hosts each other', 30, { still: true }, () => [
    ['cut', 'control'],
  ]),
  {
    ...cut(
      'two and two',
      'control machine and one host on this side, two hosts on the other',
      28,
      {},
      ({ home: host }) =>
        others(host).flatMap((far) => [
          ['cut', far, '--from', 'control'],
          ['cut', far, '--from', host],
        ]),
    ),
    gone: ({ home: host }) => others(host),
  },
  shaped('20 % loss', '20 % of the frames', ['--loss', '20']),
  shaped('300 ms delay', '300 ms more on the way', ['--delay', '300']),
  {
    name: 'host flapping',
    what: 'one host is cut from all for 7 s and back for 5 s, four times',
    act: async (stage) => {
      stage.mark()
      for (let n = 0; n < 4; n++) {
        await lab('cut', stage.home)
        await sleep(7000)
        await lab('heal', 'all')
        await sleep(5000)
      }
    },
    lasts: 1,
    gone: home,
    bounds: {},
  },
  {
    name: '10 % loss on a healthy cluster',
    what: `all hosts lose 10 % of their frames in each direction for ${LOSS_S} s`,
    act: async (stage) => {
      stage.mark()
      await Promise.all(HOSTS.map((host) => lab('net', host, '--loss', '10')))
    },
    lasts: LOSS_S,
    undo: async () => void (await Promise.all(HOSTS.map((host) => lab('net', host, '--clear')))),
    bounds: { still: true },
  },
]
