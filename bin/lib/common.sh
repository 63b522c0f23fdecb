# What every script under bin/ shares: words to the user, paths, locks, process identity. POSIX sh.

# Where the expensive things live (root file systems, Node); outside the checkout, kept between runs.
HC_LAB_DIR=${HC_LAB_DIR:-/var/cache/hc-lab}
# A second lab beside the first needs a name and a subnet of its own.
HC_LAB_NAME=${HC_LAB_NAME:-hc-lab}
# Everything of one running lab: keys, inventory, the hosts' disks, recorded pids.
HC_LAB_STATE=${HC_LAB_STATE:-$HC_LAB_DIR/labs/$HC_LAB_NAME}
# Two octets; a lab that is there already has its own.
HC_LAB_SUBNET=${HC_LAB_SUBNET:-$(cat "$HC_LAB_STATE/subnet" 2>/dev/null || echo 10.77)}

PROGRAM=${PROGRAM:-${0##*/}}

say() { printf '%s\n' "$*" >&2; }
# warn SENTENCE: something is not as it should be, the work goes on.
warn() { printf '%s: %s\n' "$PROGRAM" "$*" >&2; }
# die SENTENCE: the work failed. usage_error SENTENCE: it was asked for wrongly.
die() {
  warn "$@"
  exit 1
}
usage_error() {
  warn "$@"
  exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

# now_ms: a monotonic clock in milliseconds, good for differences.
now_ms() {
  local up rest
  read -r up rest </proc/uptime
  : "$rest"
  printf '%s\n' $((${up%.*} * 1000 + 1${up#*.}0 - 1000))
}
# seconds_since MS: like 3.4
seconds_since() {
  local d
  d=$(($(now_ms) - $1))
  printf '%d.%d\n' $((d / 1000)) $((d % 1000 / 100))
}

# A pid alone may have been given to somebody else; with its start time it names one process of this boot.
start_time() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The fields after the command's closing bracket: state is the 3rd of the file, the start time the 22nd.
  set -- ${stat##*) }
  printf '%s\n' "${20}"
}
# record_process FILE PID
record_process() {
  local at
  at=$(start_time "$2") || return 1
  printf '%s %s %s\n' "$2" "$at" "$(cat /proc/sys/kernel/random/boot_id)" >"$1.new" && mv "$1.new" "$1"
}
# recorded_process FILE: prints the pid when that very process still runs.
recorded_process() {
  local pid at boot
  [ -f "$1" ] || return 1
  read -r pid at boot <"$1" || return 1
  [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] || return 1
  [ "$(start_time "$pid")" = "$at" ] || return 1
  # A zombie has ended; it only waits to be collected.
  case $(sed 's/^.*) //;s/ .*//' "/proc/$pid/stat" 2>/dev/null) in Z | X | '') return 1 ;; esac
  printf '%s\n' "$pid"
}
# end_recorded FILE [SIGNAL]: ends that process if it still runs, waits for it, forgets it.
end_recorded() {
  local pid i
  if pid=$(recorded_process "$1"); then
    kill "-${2:-TERM}" "$pid" 2>/dev/null
    i=0
    while recorded_process "$1" >/dev/null; do
      i=$((i + 1))
      [ "$i" -lt 100 ] || kill -KILL "$pid" 2>/dev/null
      [ "$i" -lt 150 ] || return 1
      sleep 0.05
    done
  fi
  rm -f "$1"
}

# mounted DIR: is it a mount point?
mounted() { mountpoint -q "$1" 2>/dev/null; }

# wait_until TENTHS COMMAND...: runs it every tenth of a second until it succeeds or the time is over.
wait_until() {
  local left=$1
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.1
  done
}

# as_root SCRIPT ARGS...: where we are not root, start again by sudo; without that say so in one sentence.
as_root() {
  [ "$(id -u)" -ne 0 ] || return 0
  have sudo && sudo -n true 2>/dev/null || return 1
  exec sudo -n --preserve-env=CI,NO_COLOR,HC_LAB_DIR,HC_LAB_NAME,HC_LAB_SUBNET,HC_LAB_STATE,HC_LAB_DISK,HC_LAB_PACKAGES "$@"
}
