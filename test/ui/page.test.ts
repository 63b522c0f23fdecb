// The status page: what stands on it, and that nothing of a host gets out of its text.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/model/event.js'
import type { PageFacts } from '../../src/model/outlook.js'
import type { StatusView } from '../../src/model/views.js'
import { PAGE_POLICY, statusPage } from '../../src/ui/page/page.js'
import { markupFaults } from '../support/markup.js'
import { ALL_WELL, allocation, before, HOST_LOST, host, NOW, UNPLACED } from './samples.js'

const EVENT: Event = {
  id: 1,
  time: before(5),
  kind: 'done',
  host: 'nuc1',
  slot: 'web.0',
  reason: null,
  text: 'done',
  term: 1,
}

function page(view: StatusView | null, more: Partial<PageFacts> = {}): string {
  return statusPage({
    view: view && { ...view, seenAt: before(0), source: 'loop' },
    health: { ok: true, text: 'the loop ticks, last 1s ago' },
    events: [EVENT],
    now: NOW,
    ...more,
  })
}

/** The text of the page, without its tags. */
const textOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

describe('the status page', () => {
  test('says what the terminal says', () => {
    const well = textOf(page(ALL_WELL))
    expect(well).toContain('All is well: 3 hosts (1 cordoned), 2 jobs, 3 of 3 running.')
    expect(well).toContain('web.1 nuc2 running 2')
    expect(well).toMatch(/by the control machine.*s clock\. This page loads itself anew/)
    expect(textOf(page(HOST_LOST))).toContain(
      'host nuc2 is lost: no answer for 12s, nor for nuc1 and nuc3 in 3 looks each',
    )
    const unplaced = page(UNPLACED)
    expect(unplaced).toContain('class="lead bad"')
    expect(textOf(unplaced)).toContain('stray.0 on nuc3')
  })

  test('says first that the loop hangs, and that nothing is known', () => {
    const hangs = page(ALL_WELL, { health: { ok: false, text: 'the loop hangs' } })
    expect(hangs).toContain('class="lead bad">Look at the loop: the loop hangs.')
    expect(textOf(hangs)).toContain('What is shown may be old.')
    expect(textOf(page(null))).toContain('Nothing is known here')
  })

  test('has no script, loads nothing, and is loaded anew by a tag', () => {
    const html = page(UNPLACED)
    expect(html).toContain('<meta http-equiv="refresh" content="5">')
    expect(html).not.toMatch(/<script|<img|<link|\son\w+=|style=|src=|javascript:/i)
    const sheet = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? ''
    expect(PAGE_POLICY).toContain(`'sha256-${createHash('sha256').update(sheet).digest('base64')}'`)
    expect(PAGE_POLICY).toContain("default-src 'none'")
  })

  test('shows what comes from hosts as text, wherever it stands', () => {
    const bad = `"'><script>alert(1)</script>&amp;\u001b[31m\u202e`
    const shown = '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;'
    const view: StatusView = {
      ...UNPLACED,
      hosts: [host(bad, { verdict: 'lost', reason: bad, os: bad, labels: { [bad]: bad } })],
      allocations: [allocation(bad, bad, { state: 'failed', note: bad, unit: bad })],
      unplaced: [{ slot: bad, reasons: [{ host: bad, reason: bad }], remedy: bad }],
      waiting: [{ slot: bad, host: bad, reason: bad }],
      unclaimed: [{ slot: bad, host: bad }],
      staying: [{ slot: bad, host: bad, reason: bad }],
      inventoryFault: bad,
    }
    const html = page(view, {
      events: [{ ...EVENT, text: bad, host: bad, slot: bad }],
      health: { ok: false, text: bad },
    })
    expect(html).not.toMatch(/<script|alert\(1\)<\/|\u001b|\u202e/)
    expect(html.split(shown).length).toBeGreaterThan(15)
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map((match) => match[1]?.toLowerCase()))
    const known =
      '!doctype html head meta title style body header h1 p main section h2 ul li table thead tr th tbody td footer a'
    expect([...tags].filter((tag) => !known.split(' ').includes(tag ?? ''))).toEqual([])
  })

  test('is HTML without a fault, whatever comes from hosts', () => {
    const bad = `a&b<c>"d'</td>`
    const views = [ALL_WELL, HOST_LOST, UNPLACED, { ...ALL_WELL, hosts: [host(bad, { reason: bad })] }, null]
    for (const view of views) expect(markupFaults(page(view))).toEqual([])
  })

  test('is read on a telephone: each cell bears its title, and nothing keeps a line from breaking', () => {
    const html = page({ ...HOST_LOST, unplaced: UNPLACED.unplaced })
    expect(html).toContain('<meta name="viewport" content="width=device-width,initial-scale=1">')
    expect(html.split('<td').length).toBeGreaterThan(10)
    expect([...html.matchAll(/<td(?![^>]*data-title=)[^>]*>/g)].map(([cell]) => cell)).toEqual([])
    const sheet = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? ''
    expect(sheet).toMatch(/body\{[^}]*overflow-wrap:anywhere/)
    expect(sheet).toMatch(/@media\(max-width:44rem\)\{[\s\S]*table,tbody,tr,td\{display:block;width:auto\}/)
    expect(sheet).not.toMatch(/nowrap|min-width:(?!0)|[^-]width:\d{2,}(?:px|rem|em|ch)|white-space:pre[^-]/)
  })

  test('of very many only what is not well is listed', () => {
    const allocations = Array.from({ length: 500 }, (_, index) =>
      allocation(`web.${index}`, 'nuc1', index === 7 ? { state: 'failed' } : {}),
    )
    const text = textOf(page({ ...ALL_WELL, converged: false, allocations }))
    expect(text).toContain('web.7 nuc1 failed')
    expect(text).toContain('499 allocations are well and left out')
  })
})

describe('the reader of HTML', () => {
  const around = (inner: string) => `<!doctype html>\n<html lang="en"><body>${inner}</body></html>\n`
  test.each([
    ['<p>a</p>', 0],
    ['<p>a', 1],
    ['<p>a & b</p>', 1],
    ['<p>a > b</p>', 1],
    ['<p><ul><li>a</li></ul></p>', 2],
    ['<ul><p>a</ul></p>', 1],
    ['<li>a</li>', 1],
    ['<p class="a" class="b">c</p>', 1],
    ['<p id="a">b</p><p id="a">c</p>', 1],
    ['<p title=a>b</p>', 1],
  ])('%s', (inner, count) => expect(markupFaults(around(inner))).toHaveLength(count))
})
