// Terms on a made-up host, by the real scripts: whatever is written, a lower term and the same number of another owner are
// refused and change nothing, also where several writes come at once.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { purgeScript } from '../../src/remote/purge.js'
import { parseWriteReply, type WriteReply, type WriteRequest, writeScript } from '../../src/remote/write.js'
import { rules } from './lease-support.js'
import { type FakeHost, fakeHost, guard, recipe, SHELLS } from './support.js'

let host: FakeHost
beforeEach(() => {
  host = fakeHost()
  host.setState('hc-lease.timer', 'active')
})
afterEach(() => host.remove())

const A = { number: 3, owner: 'owner-a' }
const UNIT = '[Unit]\nX-Hc-Slot=web.0\nX-Hc-Placement=5\nX-Hc-Driver=systemd\n[Service]\nExecStart=/bin/true\n'
const start = { kind: 'start', recipe: recipe('web.0', { units: [{ path: 'hc-web.0.service', text: UNIT }] }) } as const
const arm = (id = 7): Pick<WriteRequest, 'lease'> => ({
  lease: { arm: { rules: rules({ id, voters: [] }), slots: [{ slot: 'web.0', placement: 5 }] } },
})

const WRITES: Readonly<Record<string, Omit<WriteRequest, 'guard'>>> = {
  'a greeting': { steps: [] },
  'a start': { steps: [{ kind: 'start', recipe: recipe('late.0') }] },
  'a restart': { steps: [{ kind: 'restartOnly', slot: 'web.0', timeoutMs: 100 }] },
  'a stop': { steps: [{ kind: 'stop', slot: 'web.0', timeoutMs: 100 }] },
  'a run': { steps: [{ kind: 'run', slot: 'web.0' }] },
  'an arming': { steps: [], ...arm(8) },
  'an arming with a start': { steps: [start], ...arm(8) },
  'a disarming': { steps: [], lease: { disarm: true } },
}

const LOWER = [
  ['of a lower number', { number: 2, owner: 'owner-a' }],
  ['of a lower number and another owner', { number: 2, owner: 'owner-b' }],
  ['of the same number and another owner', { number: 3, owner: 'owner-b' }],
] as const

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  const write = (request: Omit<WriteRequest, 'guard'>, term = A): WriteReply =>
    parseWriteReply(host.run(shell, writeScript({ guard: guard({ term }), ...request })))
  /** All files with what is in them, but the locks, which are empty. */
  const tree = () =>
    host.run(shell, 'find /run/hc /var/lib/hc /etc/systemd/system -type f -exec cksum {} + | sort -k 3')
  /** Runs scripts at once, each a little after the one before; their answers. */
  const atOnce = (scripts: readonly string[], apart = 0): readonly WriteReply[] => {
    const each = scripts.map((script, n) => `( ${script} ) >/run/hc/answer.${n} 2>&1 &\nsleep ${apart}`)
    const answers = scripts.map((_, n) => `echo answer; cat /run/hc/answer.${n}`)
    const output = host.run(shell, `mkdir -p /run/hc\n${each.join('\n')}\nwait\n${answers.join('\n')}`)
    return output.split('answer\n').slice(1).map(parseWriteReply)
  }
  const winner = () => host.read('/var/lib/hc/term')?.split(' ').slice(0, 2).join(' ')

  test.each(LOWER)('every write %s is refused and changes nothing', (_, term) => {
    write({ ...arm(), steps: [start] })
    const before = { calls: host.calls().length, tree: tree() }
    for (const [name, request] of Object.entries(WRITES)) {
      expect(write(request, term), name).toMatchObject({ ok: false, refused: 'term' })
    }
    expect(host.run(shell, purgeScript(guard({ term }), { volumes: true }))).toContain('hc-refused term')
    expect({ calls: host.calls().length, tree: tree() }).toEqual(before)
  })

  test.each([
    ['/run is empty after a boot', 'rm -rf /run/hc'],
    ['/var/lib/hc was emptied', 'rm -rf /var/lib/hc'],
    ['the file on the disk is cut', ': >/var/lib/hc/term'],
    ['the file on the disk makes no sense', 'echo x y z >/var/lib/hc/term'],
    ['an older file was put back on the disk', 'echo 1 owner-b cluster-1 >/var/lib/hc/term'],
    ['the file in /run is cut', ': >/run/hc/term'],
  ])('a lower term is refused where %s', (_, harm) => {
    write({ steps: [start] })
    host.run(shell, harm)
    expect(write({ steps: [start] }, { number: 2, owner: 'owner-a' })).toMatchObject({ ok: false, refused: 'term' })
    expect(write({ steps: [start] }, { number: 3, owner: 'owner-b' })).toMatchObject({ ok: false, refused: 'term' })
    expect(write({ steps: [] })).toMatchObject({ ok: true })
  })

  test('what waits for a write while all of hc is taken away is refused: its lock is none any more', () => {
    write({ steps: [start] })
    const slow = purgeScript(guard(), { volumes: true }).replace('\ndisarm ||', '\nsleep 0.7\ndisarm ||')
    const late = writeScript({ guard: guard({ lockMs: 20_000 }), steps: [start] })
    const script = `mkdir -p /run/hc; ( ${slow} ) >$FAKE/answer.purge 2>&1 &
sleep 0.2
( ${late} ) >$FAKE/answer.late 2>&1
wait
cat $FAKE/answer.purge; echo answer; cat $FAKE/answer.late`
    const [purged = '', said = ''] = host.run(shell, script).split('answer\n')
    expect(purged).toContain('purged')
    const reply = parseWriteReply(said)
    // Where it came first, or after the end, there was nothing to wait for.
    expect(reply.ok ? 'lock' : reply.refused).toBe('lock')
    if (!reply.ok) expect(host.read('/etc/systemd/system/hc-web.0.service')).toBeNull()
  })

  test('a lock that was removed and made anew meanwhile is not the one that was waited for', () => {
    const script = writeScript({ guard: guard({ lockMs: 5000 }), steps: [start] })
    const swapped = script.replace('\nguard() {', '\nflock() { rm -f /run/hc/lock; : >/run/hc/lock; }\nguard() {')
    expect(parseWriteReply(host.run(shell, swapped))).toMatchObject({ ok: false, refused: 'lock' })
    expect(host.read('/etc/systemd/system/hc-web.0.service')).toBeNull()
  })

  test('on a full disk a higher term is kept where the lower one lies, so that a boot brings none back', () => {
    write({ steps: [] })
    // No new file can be written there.
    host.run(shell, 'mkdir /var/lib/hc/.term.new')
    expect(write({ steps: [] }, { number: 12, owner: 'b' })).toMatchObject({ ok: true })
    host.run(shell, 'rm -rf /run/hc')
    expect(winner()).toBe('12 b')
    expect(write({ steps: [start] })).toMatchObject({ ok: false, refused: 'term' })
    expect(write({ steps: [start] }, { number: 12, owner: 'b' })).toMatchObject({ ok: true })
  })

  test('a term that could not be kept on the disk is, once it can', () => {
    write({ steps: [] })
    host.run(shell, 'echo 9 owner-b cluster-1 >/run/hc/term')
    expect(write({ steps: [] }, { number: 9, owner: 'owner-b' })).toMatchObject({ ok: true })
    expect(winner()).toBe('9 owner-b')
  })

  test('what waits for a write of a higher term is refused after it', () => {
    write({ steps: [start] })
    const slow = writeScript({ guard: guard({ term: { number: 4, owner: 'owner-b' } }), steps: [start] }).replace(
      '\nstates() {',
      '\nstates() { sleep 0.5;',
    )
    const stop = writeScript({ guard: guard(), steps: [{ kind: 'stop', slot: 'web.0', timeoutMs: 100 }] })
    const late = writeScript({ guard: guard(), steps: [], ...arm() })
    const [first, second, third] = atOnce([slow, stop, late], 0.2)
    expect(first).toMatchObject({ ok: true })
    expect(second).toMatchObject({ ok: false, refused: 'term' })
    expect(third).toMatchObject({ ok: false, refused: 'term' })
    expect(host.read('/etc/systemd/system/hc-web.0.service')).toBe(UNIT)
    expect(host.read('/run/hc/armed/rules')).toBeNull()
  })

  test('of several with the same new number one owner is obeyed, at every write of it', () => {
    const owners = ['owner-a', 'owner-b', 'owner-c', 'owner-d']
    const scripts = [...owners, ...owners].map((owner) =>
      writeScript({ guard: guard({ term: { number: 5, owner }, lockMs: 20_000 }), steps: [start], ...arm() }),
    )
    const replies = atOnce(scripts)
    const obeyed = [...owners, ...owners].filter((_, n) => replies[n]?.ok)
    expect(new Set(obeyed).size).toBe(1)
    expect(obeyed).toHaveLength(2)
    expect(winner()).toBe(`5 ${obeyed[0]}`)
    expect(replies.filter((reply) => !reply.ok && reply.refused === 'term')).toHaveLength(6)
  })

  test('a host keeps the highest order of the highest term and refuses a lower one, which leaves it', () => {
    const order = (number: number, order?: number) =>
      host.run(
        shell,
        writeScript({
          guard: guard({ term: { number, owner: 'owner-a' }, ...(order !== undefined && { order }) }),
          steps: [],
        }),
      )
    const kept = (): string | null => host.read('/var/lib/hc/orders')
    order(3)
    expect(kept()).toBeNull()
    for (const [number, n, after] of [
      [3, 5, '3 5\n'],
      [3, 9, '3 9\n'],
      [3, 8, '3 9\n'],
      [3, 0, '3 9\n'],
      [4, 2, '4 2\n'],
      [3, 12, '4 2\n'],
      [4, 12, '4 12\n'],
    ] as const) {
      order(number, n)
      expect(kept(), `${number} ${n}`).toBe(after)
    }
    expect(parseWriteReply(order(4, 11))).toMatchObject({ ok: false, refused: 'order' })
    expect(parseWriteReply(order(4, 12))).toMatchObject({ ok: true })
    expect(parseWriteReply(order(4))).toMatchObject({ ok: true })
    host.run(shell, 'echo nonsense >/var/lib/hc/orders')
    order(4, 3)
    expect(kept()).toBe('4 3\n')
  })

  test('a new term lies on the disk before anything is done under it, also where that hangs', () => {
    const order = `sync() { echo "sync $*" >>$FAKE/calls; }
timeout() { shift; "$@"; }`
    const script = writeScript({ guard: guard({ term: { number: 9, owner: 'owner-a' } }), steps: [start] })
    host.run(shell, script.replace('\nflush() {', `\n${order}\nflush() {`))
    const calls = host.calls().map((call) => call.replace(host.folder, ''))
    expect(calls.slice(0, 2)).toEqual(['sync /var/hc/.term.new', 'sync /var/hc'])
    expect(calls.length).toBeGreaterThan(2)
    // The same term again costs nothing.
    host.run(shell, script.replace('\nflush() {', `\n${order}\nflush() {`))
    expect(host.calls().filter((call) => call.startsWith('sync'))).toHaveLength(2)
    const hangs = writeScript({ guard: guard({ term: { number: 10, owner: 'owner-a' } }), steps: [] })
    const begun = performance.now()
    const reply = host.run(
      shell,
      hangs
        .replace('\nflush() {', '\nsync() { exec sleep 8; }\ntimeout() { shift; "$@"; }\nflush() {')
        .replace(/-ge 100/, '-ge 10'),
    )
    expect(performance.now() - begun).toBeLessThan(4000)
    expect(parseWriteReply(reply)).toMatchObject({ ok: true })
    expect(winner()).toBe('10 owner-a')
  })
})
