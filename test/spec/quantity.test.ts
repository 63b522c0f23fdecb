import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBytes } from '../../src/model/resources.js'
import { type Amount, parseBytes, parseCpu, parseDevices, parseDuration } from '../../src/spec/quantity.js'

function value(amount: Amount): number | string {
  return amount.ok ? amount.value : amount.message
}

describe('amounts', () => {
  it.each([
    ['200m', 200],
    ['1.5', 1500],
    ['2', 2000],
    ['0', 0],
    ['0.001', 1],
    ['0.1', 100],
    ['0.29', 290],
  ])('cpu %s', (text, millicores) => expect(value(parseCpu(text))).toBe(millicores))

  it.each([
    ['64Mi', 64 * 1024 ** 2],
    ['1Gi', 1024 ** 3],
    ['500M', 500e6],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['1048576', 1048576],
    ['1.1Gi', 1181116007],
    ['10k', 10_000],
    ['10KB', 10_000],
    ['512 MiB', 512 * 1024 ** 2],
    ['8191Ti', 8191 * 1024 ** 4],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('bytes %s', (text, bytes) => expect(value(parseBytes(text))).toBe(bytes))

  it.each([
    ['5s', 5000],
    ['200ms', 200],
    ['1h30m', 5_400_000],
    ['5m', 300_000],
    ['1.5s', 1500],
    ['2d', 172_800_000],
    ['0s', 0],
    ['1h 30m', 5_400_000],
  ])('duration %s', (text, ms) => expect(value(parseDuration(text))).toBe(ms))

  it.each([
    ['1', 1000],
    ['0.5', 500],
    ['2.125', 2125],
  ])('devices %s', (text, thousandths) => expect(value(parseDevices(text))).toBe(thousandths))

  it.each([
    [parseCpu, '-1', 'an amount of cpu cannot be negative: -1', 'write cores, 1.5, or thousandths of a core, 200m'],
    [parseCpu, '0.0005', '"0.0005" is finer than a thousandth of a core', null],
    [parseCpu, '.nan', '".nan" is no amount of cpu', 'write cores, 1.5, or thousandths of a core, 200m'],
    [
      parseBytes,
      '-64Mi',
      'a size cannot be negative: -64Mi',
      'write bytes with a unit: 64Mi, 1.5Gi (powers of 1024) or 64M, 2G (powers of 1000)',
    ],
    [parseBytes, '64mi', '"mi" is no unit of size', 'did you mean 64Mi?'],
    [parseBytes, '64m', '"m" is no unit of size', 'did you mean 64Mi?'],
    [parseBytes, '9007199254740992', '"9007199254740992" is too large', null],
    [parseBytes, '99999999Pi', '"99999999Pi" is too large', null],
    [parseDuration, '5', '"5" has no unit of time', 'write 5s for seconds or 5ms for milliseconds'],
    [
      parseDuration,
      '-5s',
      'a span of time cannot be negative: -5s',
      'write a number with its unit: 200ms, 5s, 1h30m, 2d',
    ],
    [
      parseDuration,
      '30m1h',
      '"30m1h" has its units out of order',
      'write a number with its unit: 200ms, 5s, 1h30m, 2d',
    ],
    [parseDuration, '0.5ms', '"0.5ms" is finer than a millisecond', null],
    [parseDuration, 'soon', '"soon" is no span of time', 'write a number with its unit: 200ms, 5s, 1h30m, 2d'],
    [parseDevices, '0.0001', '"0.0001" is finer than a thousandth of a device', null],
  ] as const)('refuses', (parse, text, message, hint) => {
    expect(parse(text)).toEqual({ ok: false, message, hint })
  })

  it('reads back what is exact, whatever the unit', () => {
    const units = fc.constantFrom<readonly [string, number]>(
      ['', 1],
      ['Ki', 1024],
      ['Mi', 1024 ** 2],
      ['k', 1000],
      ['M', 1e6],
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), units, (count, [unit, factor]) => {
        expect(value(parseBytes(`${count}${unit}`))).toBe(count * factor)
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000 }), (milli) => {
        expect(value(parseCpu(`${milli}m`))).toBe(milli)
        expect(value(parseCpu(`${Math.floor(milli / 1000)}.${String(milli % 1000).padStart(3, '0')}`))).toBe(milli)
      }),
    )
  })

  it('understands the sizes that hc itself prints', () => {
    for (const bytes of [0, 512, 64 * 1024 ** 2, 1.5 * 1024 ** 3])
      expect(value(parseBytes(formatBytes(bytes)))).toBe(bytes)
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseCpu, parseBytes, parseDuration, parseDevices]) {
          const read = parse(text)
          if (read.ok) expect(Number.isSafeInteger(read.value) && read.value >= 0).toBe(true)
        }
      }),
    )
  })
})
