import { afterEach, describe, expect, test } from 'vitest'
import { followLogs, type Place } from '../../src/cluster/follow.js'
import { type LogOptions, readLogs } from '../../src/cluster/logs.js'
import { UserError } from '../../src/model/errors.js'
import { unitOfSlot } from '../../src/model/names.js'
import { host as makeHost, WALL } from '../planner/support/make.js'
import { HandClock } from './support/doors.js'
import { JournalTransport } from './support/journals.js'

const LOST = { ok: false, failure: { kind: 'reply-lost', message: 'the connection ended', hint: null } } as const

function place(slot: string, host: string): Place {
  return { slot, host, unit: unitOfSlot(slot), since: WALL }
}

/** Following, with all that it says. */
class Following {
  readonly clock = new HandClock()
  readonly transport = new JournalTransport('n1', 'n2', 'n3')
  readonly lines: string[] = []
  readonly said: string[] = []
  readonly end = new AbortController()
  places: readonly Place[]
  ended = false

  constructor(...places: readonly Place[]) {
    this.places = places
  }

  get options(): LogOptions {
    return {
      follow: true,
      lines: 2,
      since: null,
      grep: null,
      onLine: ({ slot, host, text }) => this.lines.push(`${slot}@${host} ${text}`),
      onWarning: (text) => this.said.push(`warning: ${text}`),
      onNote: (text) => this.said.push(text),
    }
  }

  async begin(options: Partial<LogOptions> = {}): Promise<void> {
    const { clock, transport, end } = this
    const hosts = ['n1', 'n2', 'n3'].map((name) => makeHost(name))
    const where = async () => ({ places: this.places, hosts })
    const doors = { clock, transport, signal: end.signal, where }
    void followLogs(doors, { ...this.options, ...options }).then(() => {
      this.ended = true
    })
    running.push(this)
    await clock.pass(10)
  }

  host(name: string) {
    return this.transport.host(name)
  }

  /** What was told since the last time. */
  async told(ms = 300): Promise<string[]> {
    await this.clock.pass(ms)
    return this.lines.splice(0)
  }
}

const running: Following[] = []
afterEach(async () => {
  for (const following of running.splice(0)) {
    following.end.abort()
    await following.clock.pass(30_000)
    expect(following.ended).toBe(true)
    for (const { stream } of following.transport.hosts.values()) expect(stream).toBeNull()
  }
})

const [WEB0, WEB1] = [unitOfSlot('web.0'), unitOfSlot('web.1')]

describe('followed journals', () => {
  test('the newest of each slot first, all hosts in the order of time, then what comes', async () => {
    const following = new Following(place('web.0', 'n1'), place('web.1', 'n2'))
    for (const n of [1, 2, 3]) following.host('n1').say(WEB0, `a${n}`, n * 10 - 1000)
    for (const n of [1, 2, 3]) following.host('n2').say(WEB1, `b${n}`, n * 10 - 995)
    await following.begin()
    expect(await following.told()).toEqual(['web.0@n1 a2', 'web.1@n2 b2', 'web.0@n1 a3', 'web.1@n2 b3'])
    following.host('n2').say(WEB1, 'later', 2000)
    following.host('n1').say(WEB0, 'earlier', 1900)
    expect(await following.told(100)).toEqual([])
    expect(await following.told()).toEqual(['web.0@n1 earlier', 'web.1@n2 later'])
    expect(following.said).toEqual([])
  })

  test('a host that does not answer holds the first lines up for three seconds at most', async () => {
    const following = new Following(place('web.0', 'n1'), place('web.1', 'n2'))
    following.host('n1').say(WEB0, 'a', 1)
    following.host('n2').command = () => new Promise(() => {})
    await following.begin()
    expect(await following.told(2000)).toEqual([])
    expect(await following.told(1100)).toEqual(['web.0@n1 a'])
    following.host('n2').command = async () => LOST
    running.length = 0
    following.end.abort()
  })

  test('a slot that moves is followed: said once, its first lines on the new host not missed, its last words heard', async () => {
    const following = new Following(place('web.0', 'n1'), place('web.1', 'n1'))
    await following.begin()
    following.host('n2').say(WEB1, 'begun before anybody looked', 50)
    following.places = [place('web.0', 'n1'), place('web.1', 'n2')]
    await following.clock.pass(1100)
    following.host('n1').say(WEB1, 'last words', 60)
    following.host('n2').say(WEB1, 'and on', 70)
    expect(await following.told()).toEqual([
      'web.1@n2 begun before anybody looked',
      'web.1@n1 last words',
      'web.1@n2 and on',
    ])
    expect(following.said).toEqual(['web.1 moved from n1 to n2'])
    // The old unit is let go of after a while.
    await following.clock.pass(25_000)
    following.host('n1').say(WEB1, 'of no interest', 80)
    expect(await following.told()).toEqual([])
  })

  test('moved back and forth on a host that is followed anyway: no line twice', async () => {
    const following = new Following(place('web.0', 'n1'), place('web.1', 'n1'))
    await following.begin()
    for (const [n, to] of ['n2', 'n1', 'n2', 'n1'].entries()) {
      following.places = [place('web.0', 'n1'), place('web.1', to)]
      following.host(to).say(WEB1, `move ${n}`, n * 10)
      following.host('n1').say(WEB0, `other ${n}`, n * 10 + 1)
      await following.clock.pass(1500)
    }
    const lines = await following.told()
    expect(lines.filter((line) => line.includes('other'))).toHaveLength(4)
    expect(lines.filter((line) => line.includes('move'))).toHaveLength(4)
  })

  test('new slots, and slots that are gone', async () => {
    const following = new Following(place('web.0', 'n1'))
    await following.begin()
    following.places = [place('web.0', 'n1'), place('web.1', 'n1')]
    following.host('n1').say(WEB1, 'hello', 5)
    await following.clock.pass(1100)
    following.places = [place('web.0', 'n1')]
    await following.clock.pass(1100)
    following.places = []
    await following.clock.pass(1100)
    expect(following.said).toEqual(['web.1 is new, on n1', 'web.1 is gone from n1', 'web.0 is gone from n1'])
    expect(await following.told()).toEqual(['web.1@n1 hello'])
  })

  test('a lost connection is said once and resumed where it ended: nothing lost, nothing doubled', async () => {
    const following = new Following(place('web.0', 'n1'))
    following.host('n1').say(WEB0, 'before', 1)
    await following.begin()
    following.host('n1').say(WEB0, 'first', 2)
    following.host('n1').failure = 'no route'
    following.host('n1').cut(LOST)
    await following.clock.pass(5000)
    following.host('n1').say(WEB0, 'meanwhile', 3)
    following.host('n1').failure = null
    await following.clock.pass(11_000)
    following.host('n1').say(WEB0, 'after', 4)
    expect(await following.told()).toEqual(['before', 'first', 'meanwhile', 'after'].map((text) => `web.0@n1 ${text}`))
    expect(following.said).toEqual([
      'warning: n1: the connection ended; n1 is tried again, and its lines follow',
      'n1 answers again',
    ])
    expect(following.host('n1').scripts.at(-1)).toContain("--cursor 's=ab;i=2;b=c'")
    expect(following.host('n1').scripts.length).toBeLessThan(8)
  })

  test('where inotify watches are used up the journal is read once per second, and said so once', async () => {
    const following = new Following(place('web.0', 'n1'))
    await following.begin()
    const used = () => {
      following.host('n1').stream?.command.onStderr('Insufficient watch descriptors available. Reverting to -n.\n')
      following.host('n1').cut({ ok: true, exitCode: 0 })
    }
    for (const n of [1, 2, 3]) {
      used()
      following.host('n1').say(WEB0, `line ${n}`, n)
      await following.clock.pass(1100)
    }
    expect(await following.told()).toEqual(['web.0@n1 line 1', 'web.0@n1 line 2', 'web.0@n1 line 3'])
    expect(following.said).toHaveLength(1)
    expect(following.said[0]).toContain('fs.inotify.max_user_instances')
  })

  test('without a backlog, and with a pattern, which goes to the host', async () => {
    const following = new Following(place('web.0', 'n1'))
    following.host('n1').say(WEB0, 'old', -1)
    await following.begin({ lines: 0, grep: 'x|y' })
    expect(await following.told()).toEqual([])
    expect(following.host('n1').scripts[0]?.match(/'--grep' 'x\|y'/g)).toHaveLength(1)
  })
})

describe('journals that are read', () => {
  const read = async (transport: JournalTransport, places: readonly Place[]) => {
    const lines: string[] = []
    const said: string[] = []
    await readLogs(
      transport,
      ['n1', 'n2', 'n3'].map((name) => makeHost(name)),
      places,
      {
        follow: false,
        lines: 1,
        since: null,
        grep: null,
        onLine: ({ slot, host, text }) => lines.push(`${slot}@${host} ${text}`),
        onWarning: (text) => said.push(text),
        onMissing: (name) => said.push(`missing ${name}`),
      },
      null,
    )
    return { lines, said }
  }

  test('in the order of time; a host out of reach is told', async () => {
    const transport = new JournalTransport('n1', 'n2', 'n3')
    transport.host('n1').say(WEB0, 'late', 20)
    transport.host('n2').say(WEB1, 'early', 10)
    transport.host('n3').failure = 'no route'
    const { lines, said } = await read(transport, [place('web.0', 'n1'), place('web.1', 'n2'), place('web.2', 'n3')])
    expect(lines).toEqual(['web.1@n2 early', 'web.0@n1 late'])
    expect(said).toEqual(['missing n3', 'n3: no route: its journal is missing here'])
  })

  test('a time that journalctl does not take is the mistake of who asked', async () => {
    const transport = new JournalTransport('n1', 'n2', 'n3')
    transport.host('n1').command = async ({ onStderr }) => {
      onStderr('Failed to parse timestamp: soon\n')
      return { ok: true, exitCode: 1 }
    }
    const asked = read(transport, [place('web.0', 'n1')])
    await expect(asked).rejects.toThrow(UserError)
    await expect(asked).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('soon') })
  })
})
