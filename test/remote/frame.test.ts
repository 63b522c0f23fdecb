import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandText } from '../../src/remote/command.js'
import { FrameReader, frameScript, NoiseFilter, SentScripts } from '../../src/remote/frame.js'

const NONCE = '0123456789abcdef0123456789abcdef'

/** Cuts a text into pieces of the given lengths, the rest last. */
function pieces(text: string, lengths: readonly number[]): string[] {
  const cut: string[] = []
  let at = 0
  for (const length of lengths) {
    cut.push(text.slice(at, at + length))
    at += length
  }
  return [...cut, text.slice(at)]
}

const fakeMarkers = fc.constantFrom(
  `\nhc-end-${NONCE}`,
  `\nhc-end-${NONCE} `,
  `\nhc-end-${NONCE} x\n`,
  'hc-end-',
  `\nhc-end-ffffffffffffffffffffffffffffffff 0\n`,
  `\nhc-begin-${NONCE} 7\n`,
  `hc-end-${NONCE} 0\n`,
  '\n',
)
const output = fc
  .array(fc.oneof(fakeMarkers, fc.string({ unit: 'grapheme' })))
  .map((parts) => parts.join(''))
  // Only a process that knows the nonce could print the whole marker.
  .filter((text) => !new RegExp(`\\nhc-end-${NONCE} \\d+\\n`).test(`${text}\n`))

describe('FrameReader', () => {
  it('gives back any output, cut anywhere, with noise around it', () => {
    fc.assert(
      fc.property(
        output,
        fc.string(),
        fc.string(),
        fc.nat(255),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
        (text, noise, after, code, lengths) => {
          const whole = `${noise}\nhc-begin-${NONCE} 4242\n${text}\nhc-end-${NONCE} ${code}\n${after}`
          const reader = new FrameReader(NONCE, 1_000_000)
          let last = reader.push('')
          for (const piece of pieces(whole, lengths)) last = reader.push(piece)
          expect(last).toEqual({ state: 'done', exitCode: code, output: text })
          expect(reader.pid).toBe(4242)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('stops at its limit, also within noise', () => {
    const reader = new FrameReader(NONCE, 100)
    expect(reader.push(`\nhc-begin-${NONCE} 1\n`).state).toBe('inside')
    expect(reader.push('x'.repeat(100)).state).toBe('inside')
    expect(reader.push('x').state).toBe('overflow')
    expect(reader.push(`\nhc-end-${NONCE} 0\n`).state).toBe('overflow')
    expect(new FrameReader(NONCE, 100).push('y'.repeat(200)).state).toBe('overflow')
  })

  it('reads megabytes in small pieces without slowing down', () => {
    const reader = new FrameReader(NONCE, 10_000_000)
    reader.push(`\nhc-begin-${NONCE} 1\n`)
    const started = performance.now()
    for (let index = 0; index < 100_000; index += 1) reader.push('some line of output\n')
    expect(reader.push(`\nhc-end-${NONCE} 0\n`).state).toBe('done')
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('NoiseFilter', () => {
  it('lets through all that follows the marker, and nothing before', () => {
    fc.assert(
      fc.property(fc.string(), output, fc.array(fc.integer({ min: 1, max: 30 })), (noise, text, lengths) => {
        const filter = new NoiseFilter(NONCE)
        const whole = `${noise}\nhc-begin-${NONCE} 1\n${text}`
        const passed = pieces(whole, lengths).map((piece) => filter.push(piece))
        expect(passed.join('')).toBe(text)
        expect(filter.started).toBe(true)
      }),
    )
  })
})

/** Shells of this machine; busybox where it is installed. */
const SHELLS = [['sh'], ['dash'], ['bash', '--posix'], ['busybox', 'ash']].filter(
  ([program = '', ...words]) => spawnSync(program, [...words, '-c', 'exit 0']).status === 0,
)

describe.each(SHELLS)('frameScript in %s %s', (program, ...words) => {
  function run(scripts: readonly string[]) {
    const nonces = scripts.map((_, index) => index.toString(16).padStart(32, '0'))
    const input = scripts.map((script, index) => frameScript(script, nonces[index] ?? '')).join('')
    const stdout = execFileSync(program ?? '', [...words, '-s', 'hc-tag'], { input, encoding: 'utf8' })
    return nonces.map((nonce) => new FrameReader(nonce, 1_000_000).push(stdout))
  }

  it('keeps exit, here-documents, variables, folders and stdin of each script to itself', () => {
    const replies = run([
      "cat <<'X'\n$HOME \"quoted' \\\nX\nexit 3",
      'x=1; cd /tmp; trap "echo bye" EXIT; set -eu; false; echo not reached',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
      'cat; echo "x=${x-unset} in $PWD" >&2; printf "no newline"',
      '',
      '# a comment last',
      'exec >/dev/null; echo gone',
      'echo a\\',
      "kill -9 $(sh -c 'echo $PPID')",
    ])
    const seen = replies.map((reply) => (reply.state === 'done' ? [reply.exitCode, reply.output] : reply.state))
    expect(seen.slice(0, 7)).toEqual([
      [3, '$HOME "quoted\' \\\n'],
      [1, 'bye\n'],
      [0, `x=unset in ${process.cwd()}\nno newline`],
      [0, ''],
      [0, ''],
      [0, ''],
      [0, 'a\n'],
    ])
    expect(seen[7]).toEqual([137, expect.any(String)])
  })

  it('passes on any output', () => {
    fc.assert(
      fc.property(
        output.filter((text) => !/[\0\u0002]/.test(text) && text.length < 5000),
        (text) => {
          // dash loses a byte of lines that begin as the end does: none begins with that letter.
          const [reply] = run([`cat <<'\u0002end'\n${text}\n\u0002end`])
          expect(reply).toEqual({ state: 'done', exitCode: 0, output: `${text}\n` })
        },
      ),
      { numRuns: 15 },
    )
  })
})

it.each(SHELLS)('commandText hands on each byte of a script that begins like its end: %s %s', (program, ...words) => {
  const script = "cat <<'X'\nhé\nhcé\nhc-script-é\nX"
  const input = commandText(script, NONCE)
  // Its stdin stays open while it runs.
  const shell = `{ cat; sleep 0.5; } | ${[program, ...words].join(' ')} -s hc-tag 2>/dev/null`
  const stdout = execFileSync('sh', ['-c', shell], { input, encoding: 'utf8' })
  expect(new NoiseFilter(NONCE).push(stdout)).toBe('hé\nhcé\nhc-script-é\n')
})

describe('SentScripts', () => {
  const SHELLS = ['dash', 'bash', 'busybox sh'].filter(
    (shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0,
  )
  const answerOf = (output: string, nonce: string) => {
    const reader = new FrameReader(nonce, 100_000)
    return reader.push(output)
  }

  it.each(SHELLS)('sends a script that is asked again only once, and it runs anew each time: %s', (shell) => {
    const sent = new SentScripts('LC_ALL=C; export LC_ALL\n')
    const script = `n=\${n:-0}; n=$((n + 1)); put() { printf '%s\\n' "$*"; }
put "$n $# $LC_ALL"
while IFS= read -r x; do put "<$x>"; done <<LINES
a $n
LINES
set -- x y
exit 3`
    const nonces = ['1', '2', '3', '4', '5', '6', '7'].map((digit) => digit.repeat(32))
    expect(sent.isFirst).toBe(true)
    const others = [1, 2, 3].map((at) => `echo other ${at}`)
    const scripts = [script, script, ...others.slice(0, 2), script, others[2] ?? '', script]
    const texts = scripts.map((each, at) => sent.text(each, nonces[at] ?? '', true))
    expect(sent.isFirst).toBe(false)
    expect(texts[1]).not.toContain('LINES')
    expect(texts[4]).not.toContain('LINES')
    // A fourth one took its place, so it is sent again.
    expect(texts[6]).toContain('LINES')
    const [program = '', ...words] = shell.split(' ')
    const output = execFileSync(program, [...words, '-s', 'tag'], { input: texts.join(''), encoding: 'utf8' })
    const whole = { state: 'done', exitCode: 3, output: '1 0 C\n<a 1>\n' }
    const other = (at: number) => ({ state: 'done', exitCode: 0, output: `other ${at}\n` })
    expect(nonces.map((nonce) => answerOf(output, nonce))).toEqual([
      ...[whole, whole, other(1), other(2), whole, other(3), whole],
    ])
  })

  it.each(SHELLS)('sends its parameters each time, and what follows them once: %s', (shell) => {
    const sent = new SentScripts('')
    const ask = (words: string, nonce: string) =>
      sent.text(`set -- ${words}\nprintf '%s/' "$@"\n`, nonce.repeat(32), true)
    const texts = [ask("'a b' 1", '1'), ask("'c  d' 2", '2')]
    expect(texts[1]).not.toContain('%s/')
    const [program = '', ...words] = shell.split(' ')
    const output = execFileSync(program, [...words, '-s', 'tag'], { input: texts.join(''), encoding: 'utf8' })
    expect(answerOf(output, '1'.repeat(32))).toMatchObject({ output: 'a b/1/\n' })
    expect(answerOf(output, '2'.repeat(32))).toMatchObject({ output: 'c  d/2/\n' })
  })

  it.each(SHELLS)(
    'hands on what a kept script prints, errors too, in one piece, and gives it no stdin: %s',
    (shell) => {
      const sent = new SentScripts('')
      const script = 'cat; echo 1; echo 2 >&2; seq 3 2000; exit 7'
      const [program = '', ...words] = shell.split(' ')
      const output = execFileSync(program, [...words, '-s', 'tag'], {
        input: sent.text(script, NONCE, true),
        encoding: 'utf8',
      })
      const lines = Array.from({ length: 2000 }, (_, at) => `${at + 1}\n`).join('')
      expect(answerOf(output, NONCE)).toEqual({ state: 'done', exitCode: 7, output: lines })
    },
  )

  it('keeps nothing of a script that is asked once', () => {
    const sent = new SentScripts('')
    expect(sent.text('echo once', NONCE, false)).toBe(frameScript('echo once', NONCE))
    expect(sent.text('echo once', NONCE, true)).toContain('echo once')
  })
})
