// Pictures of the status page of a loop that ticks, as a telephone and a desk show it, by Debian's chromium, and whether it has
// to be scrolled sideways: node scripts/page-pictures.mjs http://127.0.0.1:9464/ [FOLDER]
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const [url, folder = 'pictures'] = process.argv.slice(2)
if (url === undefined) {
  process.stderr.write('Usage: node scripts/page-pictures.mjs URL [FOLDER]\n')
  process.exit(2)
}
const ANSWER_MS = 10_000
const CHROMIUM_MS = 60_000
const page = await (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).text()
const out = resolve(folder)
mkdirSync(out, { recursive: true })
const chromium = (...more) =>
  execFileSync(
    'chromium',
    ['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run', ...more],
    { timeout: CHROMIUM_MS, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )

let wide = false
for (const width of [360, 1280]) {
  // The page as it was served, in a frame of that width: a window cannot be made as narrow as a telephone.
  const frame = join(out, `frame-${width}.html`)
  const source = page
    .replace(/<meta http-equiv="refresh"[^>]*>/, '')
    .replace(/&/g, '&amp;')
    .replace(/"/g, '&quot;')
  const script = `const f=document.querySelector('iframe'),d=f.contentDocument.documentElement;f.style.height=d.scrollHeight+'px';document.body.dataset.width=d.scrollWidth`
  writeFileSync(
    frame,
    `<!doctype html><meta charset="utf-8"><body style="margin:0"><iframe style="border:0;width:${width}px;height:600px" srcdoc="${source}" onload="${script}"></iframe>`,
  )
  const shot = join(out, `page-${width}.png`)
  const window = `--window-size=${Math.max(width, 500)},1800`
  chromium(window, '--virtual-time-budget=2000', `--screenshot=${shot}`, `file://${frame}`)
  const dom = chromium(window, '--virtual-time-budget=2000', '--dump-dom', `file://${frame}`)
  const needed = Number(/data-width="(\d+)"/.exec(dom)?.[1] ?? Number.NaN)
  wide ||= !(needed <= width)
  process.stdout.write(`${shot}: ${width} px wide, the page needs ${needed}\n`)
  rmSync(frame)
}
if (wide) process.exitCode = 1
