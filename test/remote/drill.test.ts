// The order that makes a host seem lost: its mend comes first, and nothing is done where something is missing.
import { describe, expect, test } from 'vitest'
import { callScript, drillScript, parseDrill } from '../../src/remote/drill.js'
import { fakeHost, guard, SHELLS } from './support.js'

const ORDER = { boundMs: 20_000, from: ['10.0.0.1'], units: ['hc-web.0.service'], again: ['hc-web.0.service'] }
const answer = (line: string) => `hc-write 1\n${line}\nhc-write-end\n`

test('the mend is set before the fault begins', () => {
  const script = drillScript(guard(), ORDER)
  expect(script.indexOf('--unit=hc-drill-mend')).toBeGreaterThan(0)
  expect(script.indexOf('--unit=hc-drill-mend')).toBeLessThan(script.indexOf('--unit=hc-drill sh'))
  expect(script).toContain('--on-active=20s')
})

describe.each(SHELLS.map((shell) => [shell]))('in %s', (shell) => {
  test('a host without a card that leads to the others, or without tools, says so and is left alone', () => {
    const host = fakeHost()
    try {
      const said = parseDrill(host.run(shell, drillScript(guard(), { ...ORDER, from: ['127.0.0.1'] })))
      expect(said.ok).toBe(false)
      expect(said.ok ? '' : said.why).toMatch(/no card leads|is missing|root file system|another drill/)
    } finally {
      host.remove()
    }
  })
})

test('answers', () => {
  expect(parseDrill(answer('drill 02:00:00:00:00:01'))).toEqual({ ok: true, mac: '02:00:00:00:00:01' })
  expect(parseDrill(answer('lacks another drill is on'))).toEqual({ ok: false, why: 'another drill is on' })
  expect(parseDrill(answer('hc-refused term term 3 is in force'))).toMatchObject({ ok: false })
  expect(parseDrill(answer('drill $(id)'))).toMatchObject({ ok: false })
  expect(parseDrill('hc-write 1\ndrill 02:00:00:00:00:01\n')).toMatchObject({ ok: false })
})

test('what a peer is told is quoted', () => {
  expect(callScript("1.2.3.4'; id", '02:00:00:00:00:01')).toContain("'1.2.3.4'\\''; id'")
})
