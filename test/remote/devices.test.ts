import { describe, expect, test } from 'vitest'
import { parseDevices } from '../../src/remote/parse-devices.js'

describe('devices that a probe finds', () => {
  test('are counted by name; a serial number is told where there is one such device', () => {
    const usb = ['10c4:ea60 0001', '0bda:8153 ', '0bda:8153 000001', '1a86:7523']
    expect(parseDevices(['gpu 2'], usb)).toEqual({
      amounts: { gpu: 2000, 'usb:0bda:8153': 2000, 'usb:10c4:ea60': 1000, 'usb:1a86:7523': 1000 },
      attributes: { 'usb:10c4:ea60': { serial: '0001' } },
    })
  })

  test('are bounded, and nothing else is believed', () => {
    const many = Array.from({ length: 100 }, (_, index) => `10c4:${index.toString(16).padStart(4, '0')} x`)
    expect(Object.keys(parseDevices([], many).amounts)).toHaveLength(64)
    expect(parseDevices(['gpu -1', 'gpu x', 'tpu 1', 'gpu 9999999'], ['../x 1', '10C4:EA60 1', ''])).toEqual({
      amounts: {},
      attributes: {},
    })
    const { attributes } = parseDevices([], ['10c4:ea60 \u001b[31mred'])
    expect(attributes['usb:10c4:ea60']?.serial).not.toContain('\u001b')
  })
})
