// Makes docs/pictures/*.svg: hc ui as it is drawn in a terminal (tmux) while the lab's hosts run the sample jobs and one of
// them loses its power. On a lab of its own: eval "$(bin/lab up | grep export)", npm run build, node scripts/pictures.mjs
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const [COLUMNS, ROWS] = [100, 30]
const SESSION = `hc-pictures-${process.pid}`
/** Longest wait for what a picture is to show, ms. */
const PATIENCE_MS = 120_000

// --- a screen as SVG ---------------------------------------------------------------------------------------------------

const [WIDTH, HEIGHT, MARGIN] = [8.4, 18, 12]
const COLOURS = ['#3b4252', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d7dae0']
const BRIGHT = ['#7f848e', '#ff7b86', '#b5e890', '#ffd68a', '#82c4ff', '#e29bf7', '#7fdbe6', '#ffffff']
const [FOREGROUND, BACKGROUND] = ['#d7dae0', '#1b1e24']
const PLAIN = { colour: null, ground: null, bold: false, dim: false, inverse: false, underline: false }

/** A colour of the 256. */
function indexed(index) {
  if (index < 8) return COLOURS[index]
  if (index < 16) return BRIGHT[index - 8]
  const part = (value) => (value === 0 ? 0 : 55 + value * 40)
  const rgb =
    index >= 232
      ? Array(3).fill(8 + (index - 232) * 10)
      : [36, 6, 1].map((by) => part(Math.floor((index - 16) / by) % 6))
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

/** The style after one sequence of SGR codes. */
function styled(style, codes) {
  let next = { ...style }
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]
    if (code === 0) next = { ...PLAIN }
    else if (code === 1) next.bold = true
    else if (code === 2) next.dim = true
    else if (code === 4) next.underline = true
    else if (code === 7) next.inverse = true
    else if (code === 22) Object.assign(next, { bold: false, dim: false })
    else if (code === 24) next.underline = false
    else if (code === 27) next.inverse = false
    else if (code === 38 || code === 48) {
      const colour = indexed(codes[at + 2])
      if (codes[at + 1] !== 5) throw new Error(`a colour that is none of the 256: ${codes.join(';')}`)
      next[code === 38 ? 'colour' : 'ground'] = colour
      at += 2
    } else if (code >= 30 && code <= 37) next.colour = COLOURS[code - 30]
    else if (code === 39) next.colour = null
    else if (code >= 40 && code <= 47) next.ground = COLOURS[code - 40]
    else if (code === 49) next.ground = null
    else if (code >= 90 && code <= 97) next.colour = BRIGHT[code - 90]
  }
  return next
}

/** A line of the screen as runs of one style. */
function runsOf(line, begin) {
  let style = begin
  let column = 0
  const runs = []
  for (const part of line.split(/(\x1b\[[0-9;]*m|\x0e|\x0f)/)) {
    const sequence = /^\x1b\[([0-9;]*)m$/.exec(part)
    if (sequence !== null) style = styled(style, sequence[1].split(';').map(Number))
    else if (part !== '' && part !== '\x0e' && part !== '\x0f') {
      runs.push({ style, column, text: part })
      column += [...part].length
    }
  }
  return { runs, style }
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function drawn({ style, column, text }, row) {
  const [x, y] = [MARGIN + column * WIDTH, MARGIN + row * HEIGHT]
  const length = [...text].length * WIDTH
  const colour = style.inverse ? (style.ground ?? BACKGROUND) : (style.colour ?? FOREGROUND)
  const ground = style.inverse ? (style.colour ?? FOREGROUND) : style.ground
  const box =
    ground === null
      ? []
      : [`<rect x="${x.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="${HEIGHT}" fill="${ground}"/>`]
  if (text.trim() === '') return box
  const more = [
    colour === FOREGROUND ? '' : ` fill="${colour}"`,
    style.bold ? ' font-weight="bold"' : '',
    style.dim ? ' opacity="0.6"' : '',
    style.underline ? ' text-decoration="underline"' : '',
  ].join('')
  const start = text.length - text.trimStart().length
  const shown = text.trim()
  const at = (x + start * WIDTH).toFixed(1)
  return [
    ...box,
    `<text x="${at}" y="${y + 13}" textLength="${([...shown].length * WIDTH).toFixed(1)}"${more}>${escaped(shown)}</text>`,
  ]
}

/** What `tmux capture-pane -e` printed, as a picture. `about` is for those who can't see it. */
function svg(screen, about) {
  let style = { ...PLAIN }
  const shapes = screen.split('\n').flatMap((line, row) => {
    const read = runsOf(line, style)
    style = read.style
    return read.runs.flatMap((run) => drawn(run, row))
  })
  const [width, height] = [COLUMNS * WIDTH + 2 * MARGIN, ROWS * HEIGHT + 2 * MARGIN]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(about)}</title>`,
    '<style>text{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:14px;white-space:pre}</style>',
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<g fill="${FOREGROUND}">`,
    ...shapes,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

// --- the terminal ------------------------------------------------------------------------------------------------------

const tmux = (...words) => execFileSync('tmux', words, { encoding: 'utf8' })
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const screenOf = (pane, ...more) => tmux('capture-pane', '-p', ...more, '-t', pane)
const lab = (...words) => execFileSync(join(ROOT, 'bin/lab'), words, { stdio: 'inherit' })
/** How it ends does not matter: the pictures wait for what they are to show. */
const hc = (...words) => spawnSync(process.execPath, [join(ROOT, 'bin/run.js'), ...words], { stdio: 'inherit' })

async function until(pane, shows) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(300)) {
    if (shows.test(screenOf(pane))) return
  }
  throw new Error(`the screen does not show ${shows}:\n${screenOf(pane)}`)
}

/** Waits for what is to be seen, and for one more moment that all of it is drawn. */
async function take(name, about, pane, shows) {
  await until(pane, shows)
  await sleep(1500)
  const text = svg(screenOf(pane, '-e').replace(/\n$/, ''), about)
  mkdirSync(join(ROOT, 'docs/pictures'), { recursive: true })
  writeFileSync(join(ROOT, `docs/pictures/${name}.svg`), text)
  process.stderr.write(`docs/pictures/${name}.svg: ${text.length} bytes\n`)
}

async function scenes(pane) {
  await take('ui', 'hc ui: all is well on three hosts', pane, /All is well[\s\S]*The loop ticks/)
  lab('kill', 'nuc2')
  await take(
    'ui-lost',
    'hc ui: nuc2 has lost its power, and what it ran runs elsewhere',
    pane,
    /All runs, but 1 of 3 hosts lost[\s\S]*nuc1 +ready[\s\S]*nuc2 +lost[\s\S]*nuc3 +ready/,
  )
  tmux('send-keys', '-t', pane, '3')
  await sleep(500)
  tmux('send-keys', '-t', pane, '/web.0', 'Enter')
  await sleep(1000)
  tmux('send-keys', '-t', pane, 'x')
  await take('ui-explain', 'hc ui: why web.0 is where it is', pane, /1 of 3 hosts lost[\s\S]*Why there/)
}

// The folder of the pictures is one that could be anybody's.
const folder = mkdtempSync(join(tmpdir(), 'cluster-'))
if (process.env.HC_INVENTORY === undefined) throw new Error('HC_INVENTORY must name the inventory of a lab')
cpSync(process.env.HC_INVENTORY, join(folder, 'inventory.yml'))
cpSync(join(ROOT, 'jobs'), join(folder, 'jobs'), { recursive: true })
process.env.HC_INVENTORY = join(folder, 'inventory.yml')
const run = `HC_INVENTORY=${process.env.HC_INVENTORY} LANG=C.UTF-8 ${process.execPath} ${join(ROOT, 'bin/run.js')}`
try {
  hc('apply', '--yes', '--detach')
  hc('reconcile', '--take-over')
  hc('apply', '--yes')
  tmux('-u', 'new-session', '-d', '-s', SESSION, '-x', String(COLUMNS), '-y', String(ROWS), `${run} reconcile --cron`)
  tmux('set-option', '-t', SESSION, 'status', 'off')
  await sleep(5000)
  tmux('new-window', '-t', `${SESSION}:1`, `env -u NO_COLOR TERM=screen-256color ${run} ui`)
  await scenes(`${SESSION}:1`)
} finally {
  lab('boot', 'nuc2')
  try {
    tmux('kill-session', '-t', SESSION)
  } catch {
    // It was not begun, or has ended by itself.
  }
  rmSync(folder, { recursive: true, force: true })
}
