import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cpuShares, cpuWeight } from '../../src/drivers/allocation.js'
import { environmentFile, environmentOf, parseEnvFile, substitute } from '../../src/drivers/environment.js'
import { argumentQuote, commandLine, plainValue, span, unitQuote } from '../../src/drivers/unit-file.js'
import { UserError } from '../../src/model/errors.js'
import { inputOf } from './support.js'

/** `${NAME}`, as it stands in a job file. */
const reference = (name: string): string => `\${${name}}`
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('unit files', () => {
  test.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['a "b" \\ c', '"a \\"b\\" \\\\ c"'],
    ['two\nlines\tand\r', '"two\\nlines\\tand\\r"'],
    ['100% $HOME', '"100%% $HOME"'],
    ['\u0001\u007fé', '"\\x01\\x7fé"'],
  ])('%j', (value, quoted) => expect(unitQuote(value)).toBe(quoted))

  test('an argument has its $ doubled, the program has not', () => {
    expect(argumentQuote(`$HOME ${reference('X')}`)).toBe(`"$$HOME $${reference('X')}"`)
    expect(commandLine(['/opt/$x/run', ';', '$1'], '-')).toBe('-"/opt/$x/run" ";" "$$1"')
  })

  test('a value alone on its line', () => {
    expect(plainValue('50% \\')).toBe('50%% \\\\')
    expect(() => plainValue('a\nb')).toThrow(/one line/)
  })

  test.each([
    [200, '200ms'],
    [1000, '1s'],
    [1500, '1500ms'],
    [0, '0s'],
  ])('%d ms', (millis, text) => expect(span(millis)).toBe(text))

  test("what systemd takes in no form is the operator's fault", () => {
    expect(() => unitQuote('a\uffff')).toThrow(UserError)
    expect(() => environmentFile(new Map([['A', '\ufdd0']]))).toThrow(/U\+FDD0/)
  })
})

describe('shares of a core', () => {
  test.each([
    [0, 1, 2],
    [100, 10, 102],
    [1000, 100, 1024],
    [64_000, 6400, 65_536],
    [10_000_000, 10_000, 262_144],
  ])('%d millicores', (millicores, weight, shares) => {
    expect(cpuWeight(millicores)).toBe(weight)
    expect(cpuShares(millicores)).toBe(shares)
  })
})

describe('environment', () => {
  test('an env file as Compose reads it', () => {
    const text =
      '# c\n\nA=1\nexport B = two words \nC="x\\ny \\"q\\" $D"\nD=\'as it $is\\n\'\r\nE=\nF=a=b#c\nG=x # a word\nH= # none\nI="a # b" # c\n'
    expect([...parseEnvFile(bytes(text))]).toEqual([
      ['A', '1'],
      ['B', 'two words'],
      ['C', 'x\ny "q" $D'],
      ['D', 'as it $is\\n'],
      ['E', ''],
      ['F', 'a=b#c'],
      ['G', 'x'],
      ['H', ''],
      ['I', 'a # b'],
    ])
  })

  test.each([['no equals'], ['1A=x'], ['=x']])('%s is no line of one', (line) => {
    expect(() => parseEnvFile(bytes(`A=1\n${line}\n`))).toThrow(/line 2/)
  })

  test('env over env files, secrets over both, hc over all', () => {
    const input = inputOf({
      job: {
        command: ['x'],
        env: { A: 'env', B: `env ${reference('HC_SLOT')}` },
        ports: { 'web-ui': { host: 80, container: null } },
      },
      envFiles: ['A=file\nC=file\nHC_JOB=file\n'],
      secrets: { B: 'secret' },
    })
    const { open, closed } = environmentOf(input.applied.job, input.placement, input.contents)
    expect(Object.fromEntries(open)).toEqual({
      A: 'env',
      HC_HOST: 'nuc1',
      HC_JOB: 'web',
      HC_PORT_web_ui: '80',
      HC_SLOT: 'web.0',
    })
    expect(Object.fromEntries(closed)).toEqual({ B: 'secret', C: 'file' })
  })

  test("a secret that is no text is the operator's fault, with what to do", () => {
    const { applied, placement } = inputOf({ job: { command: ['x'] } })
    for (const secret of [Uint8Array.of(255, 254), Uint8Array.of(65, 0)]) {
      expect(() => environmentOf(applied.job, placement, { envFiles: [], secrets: { K: secret } })).toThrow(UserError)
    }
  })

  test("substitution knows hc's own names only", () => {
    const own = new Map([['HC_PORT_web_ui', '80']])
    const text = ['HC_PORT_web-ui', 'HC_PORT_web_ui', 'HC_PORT_x', 'HOME'].map(reference).join(' ')
    expect(substitute(`${text} $HC_PORT_web_ui`, own)).toBe(
      `80 80 ${reference('HC_PORT_x')} ${reference('HOME')} $HC_PORT_web_ui`,
    )
  })

  test('an environment file has one quoted value for each name', () => {
    expect(
      environmentFile(
        new Map([
          ['A', 'x "$y" `z` \\'],
          ['B', 'l1\nl2'],
        ]),
      ),
    ).toBe('A="x \\"\\$y\\" \\`z\\` \\\\"\nB="l1\nl2"\n')
    fc.assert(
      fc.property(
        fc.string().filter((value) => !value.includes('\0')),
        (value) => {
          const text = environmentFile(new Map([['A', value]]))
          expect(text.slice(3, -2).replace(/\\(["\\$`])/g, '$1')).toBe(value)
        },
      ),
    )
  })
})
