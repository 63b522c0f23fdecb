// Runs of batch and cron jobs: each writes down by itself how it ended, so that this is known without hc too.
import type { Job } from '../model/job.js'
import { unitOfSlot } from '../model/names.js'
import { againOf, RUNS_FOLDER } from '../remote/layout.js'
import type { RecipeUnit } from '../remote/recipe.js'
import type { RecipeInput } from './driver.js'
import { commandLine, type Directives, plainValue, renderUnit } from './unit-file.js'

/** Lines that a log of runs holds at most. */
export const RUNS_KEPT = 50

// By rename: whoever reads it meanwhile sees the old one or the new one.
const KEEP = `d=${RUNS_FOLDER}
umask 077
keep() {
  { tail -n ${RUNS_KEPT - 1} "$d/$1.log" 2>/dev/null; echo "$2"; } >"$d/.$1.new" && mv -f "$d/.$1.new" "$d/$1.log"
  echo "$2" >"$d/.$1.new" && mv -f "$d/.$1.new" "$d/$1.last"
}
`

// What is still open has been cut off: by a power cut, or with systemd itself.
const LOST = `keep "$1" "$s - lost - - $t"`

const BEGIN = `${KEEP}mkdir -p "$d" || exit 0
if [ -r "$d/$1.now" ]; then read -r s b t <"$d/$1.now"; ${LOST}; fi
read -r b </proc/sys/kernel/random/boot_id
echo "$(date +%s) $b $2" >"$d/$1.now"
[ -z "$3" ] || sync "$d/$1.now"`

// How often it was started again before says, after a reboot, whether it was to be once more.
// A job of systemd's own that stops the unit that is ending means that somebody asked for the end. What had ended before and
// was kept for hc to see (RemainAfterExit) has its own time of end.
const END = `${KEEP}s=- t=$2 b=
[ ! -r "$d/$1.now" ] || read -r s b t <"$d/$1.now"
read -r i </proc/sys/kernel/random/boot_id
case $b in ('' | "$i") ;; (*) ${LOST}; s=- t=$2 ;; esac
e=$(date +%s) r=\${SERVICE_RESULT:-unknown} j=0 x=0 a=0 n=
while IFS='=' read -r k v; do
  case $k in (Job) j=$v ;; (ExecMainExit*) x=$v ;; (ActiveExit*) a=$v ;; (NRestarts) n=$v ;; esac
done <<SHOWN
$(timeout 5 systemctl show -p Job -p NRestarts -p ExecMainExitTimestampMonotonic -p ActiveExitTimestampMonotonic -- "$3" 2>/dev/null)
SHOWN
case \${j:-0} in (0) ;; (*) j=$(timeout 5 systemctl list-jobs --no-legend --plain -- "$3" 2>/dev/null) ;; esac
case " $j " in (*' stop '* | *' restart '*)
  if [ "\${a:-0}" -gt "\${x:-0}" ] && [ "\${x:-0}" -gt 0 ]; then
    read -r u rest </proc/uptime
    e=$((e - \${u%.*} + x / 1000000))
  else r=stopped; fi ;;
esac
keep "$1" "$s $e $r \${EXIT_CODE:--} \${EXIT_STATUS:--} $t $n"
rm -f "$d/$1.now"`

/** Does it run to an end that is written down? */
export function hasRuns(job: Pick<Job, 'type'>): boolean {
  return job.type === 'batch' || job.type === 'cron'
}

/**
 * What writes down a run: behind all that comes before the command, and behind its end. `unit`: whose end that is. "-": a
 * full disk keeps no run from being made; "+": as root, whoever the unit's user is.
 */
export function runLines(
  input: RecipeInput,
  unit: string,
): { readonly before: Directives; readonly after: Directives } {
  const { applied, placement } = input
  if (!hasRuns(applied.job)) return { before: [], after: [] }
  const { slot, number, generation, version } = placement
  const tag = `${number}.${generation}.${version}`
  // A power cut must not make the only run of a batch job unknown; a line for each of a cron job would wear out SD cards.
  const sync = applied.job.type === 'batch' ? 'sync' : ''
  return {
    before: [['ExecStartPre', commandLine(['/bin/sh', '-c', BEGIN, 'hc-run', slot, tag, sync], '-+')]],
    after: [['ExecStopPost', commandLine(['/bin/sh', '-c', END, 'hc-run', slot, tag, unit], '-+')]],
  }
}

/** How the time of a run is told to systemd, by what is to become of one that goes on. */
const AGAIN: Readonly<Record<Job['overlap'], { readonly verb: string; readonly what: string }>> = {
  forbid: { verb: 'start', what: 'begins a run, unless one goes on' },
  replace: { verb: 'restart', what: 'ends a run that goes on and begins the next' },
}

/**
 * Between timer and service. A timer that started the service itself would leave a run alone that goes on when the next is due,
 * but begin one as soon as that had ended: until systemd 257 (DeferReactivation=) a timer counts from when it fired last, and what
 * came due while its unit was active is due at once. This unit ends right away, so that each time is met or left out on time.
 */
export function againUnit(slot: string, overlap: Job['overlap']): RecipeUnit {
  const { verb, what } = AGAIN[overlap]
  const told = ['/bin/sh', '-c', `exec systemctl --no-block ${verb} "$1"`, 'hc-again', unitOfSlot(slot)]
  const text = renderUnit({
    Unit: [
      ['Description', plainValue(`hc ${slot}, ${what}`)],
      ['StartLimitIntervalSec', '0'],
    ],
    Service: [
      ['Type', 'oneshot'],
      ['ExecStart', commandLine(told)],
    ],
  })
  return { path: againOf(slot), text }
}
