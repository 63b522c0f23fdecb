// One write: all steps of one host and one plan in one script. First stops, then files, then starts.
import { assert } from '../model/errors.js'
import { placeOfSlot, SLOT_NAME, SLOT_SUFFIX } from '../model/names.js'
import { guarded } from './guard.js'
import { againOf, RUN_FOLDER, RUNS_FOLDER, STATE_FOLDER, UNIT_FOLDER, WORD_FILE } from './layout.js'
import { LEASE_FUNCTIONS, leaseLines, takeWords } from './lease-write.js'
import { bytesWord, quote, words } from './quote.js'
import type { Recipe, RecipeFile } from './recipe.js'
import { type Step, slotOfStep, stopBoundMs, type WriteRequest } from './write-request.js'
import { WRITE_FUNCTIONS } from './write-shell.js'

export { parseWriteReply, type StepResult, type WriteReply } from './write-reply.js'
export { type Step, slotOfStep, stopBoundMs, type WriteRequest, writeTimeoutMs } from './write-request.js'

/** A step with its number and what the script calls its things. */
interface Numbered {
  readonly step: Step
  readonly n: number
  readonly slot: string
  readonly unit: string
  readonly recipe: Recipe | null
}

function numbered(steps: readonly Step[]): Numbered[] {
  const seen = new Set<string>()
  return steps.map((step, n) => {
    const slot = slotOfStep(step)
    assert(SLOT_NAME.test(slot) && SLOT_SUFFIX.test(placeOfSlot(slot)), `"${slot}" is no slot`)
    assert(!seen.has(slot), `two steps for ${slot} in one write`)
    seen.add(slot)
    return { step, n, slot, unit: `hc-${slot}.service`, recipe: 'recipe' in step ? step.recipe : null }
  })
}

/** Lines of the audit log: written before the acts, so that a script that dies leaves its trace. */
function audit(all: readonly Numbered[]): string {
  if (all.length === 0) return `steps= U=${UNIT_FOLDER} V=${STATE_FOLDER} R=${RUN_FOLDER}`
  const lines = all.map(({ step, slot }) => `"$t $term $owner ${step.kind} ${slot}"`)
  return `steps=${quote(all.map(({ n }) => n).join(' '))}
U=${UNIT_FOLDER} V=${STATE_FOLDER} R=${RUN_FOLDER}
t=$(date -u +%Y-%m-%dT%H:%M:%SZ)
{
  if [ -f $V/audit.log ] && [ "$(wc -c <$V/audit.log)" -gt 1000000 ]; then mv -f $V/audit.log $V/audit.log.1; fi
  printf '%s\\n' ${lines.join(' ')} >>$V/audit.log
} 2>/dev/null
${all.map(({ step, n, slot }) => `tell ${n} is '${step.kind} ${slot}'`).join('\n')}`
}

/** Permission bits that a umask can give spare the host a chmod. */
function putFile(at: Numbered, folder: string, file: Pick<RecipeFile, 'path' | 'mode' | 'bytes'>): string {
  const { encoding, word } = bytesWord(file.bytes)
  const path = quote(`${folder}/${file.path}`)
  const byUmask = (file.mode & ~0o666) === 0
  const umask = byUmask ? (0o666 & ~file.mode).toString(8).padStart(3, '0') : '077'
  const put = `${encoding === 'text' ? 'put' : 'put64'} ${at.n} ${quote(at.slot)} ${umask} ${path} ${word}`
  return byUmask ? put : `${put}\nmode ${at.n} ${quote(at.slot)} ${file.mode.toString(8)} ${path}`
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

function stage(all: readonly Numbered[]): string {
  const folders = new Set<string>([`${UNIT_FOLDER}/.hc-new`, `${STATE_FOLDER}/alloc/.new`])
  const lines: string[] = []
  for (const at of all) {
    if (!at.recipe) continue
    const units = `${UNIT_FOLDER}/.hc-new/${at.slot}`
    const files = `${STATE_FOLDER}/alloc/.new/${at.slot}`
    folders.add(units).add(files)
    for (const unit of at.recipe.units) folders.add(folderOf(`${units}/${unit.path}`))
    for (const file of at.recipe.files) folders.add(folderOf(`${files}/${file.path}`))
    for (const folder of at.recipe.folders) lines.push(`folder ${at.n} ${words([at.slot, folder])}`)
    for (const file of at.recipe.files) lines.push(putFile(at, files, file))
    for (const { path, text } of at.recipe.units) {
      lines.push(putFile(at, units, { path, mode: 0o644, bytes: new TextEncoder().encode(text) }))
    }
  }
  if (folders.size === 2) return ''
  return `rm -rf $U/.hc-new $V/alloc/.new
made=$(mkdir -p ${words([...folders])} 2>&1 | head -n 1 | line)
${lines.join('\n')}`
}

/** What runs already by the same files is left alone. A cron job runs when its timer does, or its service. */
function compare(all: readonly Numbered[]): string {
  const withRecipe = all.filter(({ recipe }) => recipe !== null)
  if (withRecipe.length === 0) return ''
  const asked: string[] = []
  const lines = withRecipe.map(({ step, n, slot, unit, recipe }) => {
    asked.push(unit)
    let old = `old${n}=\${${asked.length}}`
    if (recipe && recipe.start !== unit) {
      asked.push(recipe.start)
      old += `; lies ${n} && old${n}=\${${asked.length}}`
    }
    if (step.kind === 'adopt') return `${old}\nruns ${n} || fail ${n} "it does not run: $old${n}"`
    const paths = words(recipe?.units.map(({ path }) => path) ?? [])
    return `${old}\nif open ${n} && runs ${n} && unchanged ${quote(slot)} ${paths}; then settle ${n} ok unchanged; fi`
  })
  return `set -- $(states ${words(asked)})
if [ $# -ne ${asked.length} ]; then
  for i in ${withRecipe.map(({ n }) => n).join(' ')}; do ! open $i || fail $i 'systemctl does not answer on the host'; done
fi
${lines.join('\n')}`
}

/** What is to be stopped: slots that go, and slots that run by other files. */
function stop(all: readonly Numbered[], politeMs: number): string {
  const stopping = all.filter(({ step }) => step.kind === 'stop')
  const changing = all.filter(({ step }) => step.kind === 'start' || step.kind === 'restart')
  if (stopping.length + changing.length === 0) return ''
  const collect = ({ n, slot, unit }: Numbered, when: string): string => `if ${when}; then
  units${n}=${quote(unit)}
  for u in ${againOf(slot)} hc-${slot}.timer; do [ ! -e "$U/$u" ] || units${n}="$u $units${n}"; done
  header ${slot} Target; [ -z "$said" ] || units${n}="$units${n} $said"
  header ${slot} Driver; engines="$engines $said"
  set -- "$@" $units${n}
fi`
  return `set --
engines= polite=${Math.ceil(politeMs / 1000) + 3}
${changing.map((at) => collect(at, `open ${at.n} && ! lies ${at.n}`)).join('\n')}
${stopping.map((at) => collect(at, ':')).join('\n')}
if [ $# -gt 0 ] && in_time 'the stop'; then
  ${takeWords(stopping.map(({ slot }) => slot))}
  stop_units "$@"
  podmans= dockers=
  case $engines in (*podman*) podmans=$(present podman) ;; esac
  case $engines in (*docker*) dockers=$(present docker) ;; esac
${[...stopping, ...changing].map(({ n, slot }) => `  if open ${n} && [ -n "$units${n}" ]; then verify ${n} ${slot} $units${n}; fi`).join('\n')}
fi`
}

/** Everything of a slot on the disk: for `stop` all of it, for a changed one what its new recipe no longer has. */
function leftovers({ slot, recipe }: Numbered): string[] {
  const keeps = (path: string): boolean => recipe?.units.some((unit) => unit.path === path) ?? false
  const links = ['multi-user.target.wants', 'timers.target.wants'].flatMap((folder) => [
    `${folder}/hc-${slot}.service`,
    `${folder}/hc-${slot}.timer`,
  ])
  const kept = recipe?.links.map(({ unit, target }) => `${target}.wants/${unit}`) ?? []
  const paths = [`hc-${slot}.service`, `hc-${slot}.timer`, againOf(slot)].filter((path) => !keeps(path))
  return [...paths, ...links.filter((path) => !kept.includes(path))].map((path) => `${UNIT_FOLDER}/${path}`)
}

/** What is written down of its runs; what goes on is no longer known for one that may be cut off. */
function runLog({ step, slot }: Numbered): string[] {
  const ends = step.kind === 'stop' && step.forget ? ['now', 'last', 'log'] : ['now']
  return ends.map((end) => `${RUNS_FOLDER}/${slot}.${end}`)
}

/** Adds to "$@" the drop-ins of a slot in the folders of other units, but for those in `kept`. */
function dropIns(slot: string, kept: readonly string[]): string {
  const patterns = kept.map((path) => `("$U"/${quote(path)}) ;; `).join('')
  return `for f in $U/*.d/hc-${slot}.conf; do case $f in ${patterns}(*) [ ! -e "$f" ] || set -- "$@" "$f" ;; esac; done`
}

function remove(all: readonly Numbered[]): string {
  const stopping = all.filter(({ step }) => step.kind === 'stop')
  if (stopping.length === 0) return ''
  const lines = stopping.map(
    (at) => `if open ${at.n}; then
  ${dropIns(at.slot, [])}
  for f in $U/*.d/hc--lease-${at.slot}.conf ${words([...leftovers(at), `${UNIT_FOLDER}/${at.unit}.d`, `${STATE_FOLDER}/alloc/${at.slot}`, ...runLog(at)])}; do
    if [ -e "$f" ] || [ -L "$f" ]; then set -- "$@" "$f"; fi
  done
  gone="$gone $units${at.n}"
fi`,
  )
  return `set --
${lines.join('\n')}
${TAKE_AWAY}`
}

const TAKE_AWAY = `if [ $# -gt 0 ]; then
  reload=y
  rm -rf "$@" 2>$R/err
  for f in "$@"; do case $f in (*.conf) rmdir "\${f%/*}" 2>/dev/null ;; esac; done
fi`

/** Renames what is staged to its place: files first, the unit that names them last. */
function commit(all: readonly Numbered[]): string {
  const withRecipe = all.filter(({ recipe }) => recipe !== null)
  if (withRecipe.length === 0) return ''
  const each = (line: (at: Numbered) => string): string => withRecipe.map(line).join('\n')
  const foreign = (recipe: Recipe | null): string[] =>
    (recipe?.units ?? []).map(({ path }) => path).filter((path) => path.includes('/'))
  const renames = withRecipe.flatMap((at) => foreign(at.recipe).map((path) => ({ at, path })))
  return `set --
${each(
  (at) => `if open ${at.n}; then
  ${dropIns(at.slot, foreign(at.recipe))}
  set -- "$@" ${words([`${STATE_FOLDER}/alloc/${at.slot}`, ...leftovers(at)])}
else idle="$idle $U/.hc-new/${at.slot} $V/alloc/.new/${at.slot}"; fi`,
)}
[ -z "$idle" ] || rm -rf $idle
${TAKE_AWAY}
if staged $V/alloc/.new; then mv -f $V/alloc/.new/* $V/alloc/ 2>$R/err; fi
${each(({ n, slot }) => `if open ${n} && [ -e $V/alloc/.new/${slot} ]; then spoil ${n} ${slot} 'its files cannot be put in place'; fi`)}
${renames.map(({ at, path }) => `if open ${at.n}; then place ${at.n} ${words([at.slot, path])}; fi`).join('\n')}
set --
for f in $U/.hc-new/*/*.service $U/.hc-new/*/*.timer; do [ ! -e "$f" ] || set -- "$@" "$f"; done
[ $# -eq 0 ] || mv -f "$@" $U/ 2>$R/err
${each(({ n, slot, unit }) => `if open ${n} && [ -e $U/.hc-new/${slot}/${unit} ]; then spoil ${n} ${slot} 'its unit cannot be put in place'; fi`)}
${link(withRecipe)}
rm -rf $U/.hc-new $V/alloc/.new`
}

function link(withRecipe: readonly Numbered[]): string {
  const targets = new Set(withRecipe.flatMap(({ recipe }) => recipe?.links.map(({ target }) => target) ?? []))
  return [...targets]
    .sort()
    .map((target) => {
      const folder = `${UNIT_FOLDER}/${target}.wants`
      const linked = withRecipe.flatMap(({ n, recipe }) =>
        (recipe?.links ?? [])
          .filter((one) => one.target === target)
          .map((one) => `if open ${n}; then set -- "$@" ${quote(`../${one.unit}`)}; fi`),
      )
      return `set --
${linked.join('\n')}
if [ $# -gt 0 ]; then [ -d ${folder} ] || ( umask 022; mkdir -p ${folder} ); ln -sf "$@" ${folder}/; fi 2>/dev/null`
    })
    .join('\n')
}

/** What is armed gets its word before its start. */
function allow(all: readonly Numbered[]): string {
  const asking = all.filter(({ step }) => step.kind !== 'stop' && step.kind !== 'stopContainer')
  return asking.map(({ n, slot }) => `allow ${n} ${slot}`).join('\n')
}

/** Reload once, forget old failures, start all together; what did not start is reported with what systemd says of it. */
function start(all: readonly Numbered[]): string {
  const starting = all.filter(({ step }) => step.kind === 'start' || step.kind === 'restart')
  const restarting = all.filter(({ step }) => step.kind === 'restartOnly')
  const running = all.filter(({ step }) => step.kind === 'run')
  const group = (verb: string, list: readonly Numbered[]): string => `set --
${list.map(({ n, unit, recipe }) => `if open ${n}; then set -- "$@" ${quote(recipe?.start ?? unit)}; fi`).join('\n')}
if [ $# -gt 0 ] && in_time 'the start'; then
  if begin ${verb} -- "$@"; then
    for i in ${list.map(({ n }) => n).join(' ')}; do ! open $i || settle $i ok started; done
  else
${list.map(({ n, unit, recipe }) => `    ! open ${n} || report ${n} ${quote(recipe?.start ?? unit)}`).join('\n')}
  fi
fi`
  const again = [...starting, ...restarting].map(({ n, unit }) => `if open ${n}; then gone="$gone ${unit}"; fi`)
  // Without a name reset-failed would forget the failures of the whole host.
  return `${again.join('\n')}
[ -z "$gone" ] || systemctl reset-failed -- $gone >/dev/null 2>&1
if [ -n "$reload" ]; then timeout 30 systemctl daemon-reload >/dev/null 2>&1; fi
${starting.length > 0 ? group('start', starting) : ''}
${restarting.length > 0 ? group('restart', restarting) : ''}
${running.length > 0 ? group('start --no-block', running) : ''}`
}

/** Steps whose end is not told by their start. */
function rest(all: readonly Numbered[]): string {
  const lines = all.flatMap(({ step, n, slot, unit }) => {
    if (step.kind === 'stop') return [`! open ${n} || settle ${n} ok stopped`]
    if (step.kind === 'adopt') return [`! open ${n} || settle ${n} ok adopted`]
    if (step.kind !== 'stopContainer') return []
    return [
      `podmans= dockers=
if open ${n} && in_time 'the removal'; then
  case $(states ${quote(unit)}) in
    (active | activating | reloading | deactivating) fail ${n} 'its unit runs: it is no container without a unit' ;;
    (*) erase ${step.driver} ${quote(`hc-${slot}`)}
      if has "$(present ${step.driver})" ${quote(`hc-${slot}`)}; then fail ${n} 'it still is there'; else settle ${n} ok removed; fi ;;
  esac
fi`,
    ]
  })
  return lines.join('\n')
}

/**
 * The script of a write; `parseWriteReply` reads its answer, `writeTimeoutMs` is its bound. Runs in dash, bash and
 * busybox ash.
 */
export function writeScript(request: WriteRequest): string {
  const all = numbered(request.steps)
  const body = [
    audit(all),
    'reload= gone= made= idle=',
    stage(all),
    compare(all),
    stop(all, stopBoundMs(request)),
    // A special builtin would end the script where /run takes no file.
    `true >${WORD_FILE}`,
    "if in_time 'the files were put in place'; then :",
    remove(all),
    commit(all),
    'fi',
    leaseLines(request.lease),
    allow(all),
    start(all),
    rest(all),
  ]
  return guarded(request.guard, WRITE_FUNCTIONS + LEASE_FUNCTIONS, body.join('\n'))
}
