# What bin/lab can do, one function per verb. Each can be said twice.

# The programs of the machine that the lab needs, beside what every Debian has.
LAB_PACKAGES="mmdebstrap systemd-container iproute2 nftables openssh-client iputils-ping procps e2fsprogs util-linux"

lab_is_up() { [ -f "$HC_LAB_STATE/up" ]; }
need_up() { lab_is_up || die "The lab is down. Bring it up with 'bin/lab up'."; }
need_host() {
  need_up
  case ${1:-} in
    '') usage_error "Which host? The lab has: $(host_names | tr '\n' ' ')" ;;
    */* | .*) usage_error "There is no host '$1'. The lab has: $(host_names | tr '\n' ' ')" ;;
  esac
  [ -d "$(host_dir "$1")" ] || usage_error "There is no host '$1'. The lab has: $(host_names | tr '\n' ' ')"
}
# Of those that a cut may be from.
need_peer() {
  case $1 in control | witness) ;; *) need_host "$1" ;; esac
}
need_on() {
  [ "$(host_power "$1")" != off ] || die "$1 is off. Switch it on with 'bin/lab boot $1'."
}

# One change of the lab as a whole at a time; changes of single hosts side by side, each host for itself.
lock_lab() {
  mkdir -p "$HC_LAB_DIR/locks"
  exec 9>"$HC_LAB_DIR/locks/$HC_LAB_NAME"
  flock "${1:--x}" -w 300 9 || die "Another bin/lab has been at work on this lab for five minutes. Wait for it, or end it."
}
lock_host() {
  lock_lab -s
  exec 7>"$HC_LAB_DIR/locks/$HC_LAB_NAME.$1"
  flock -w 300 7 || die "Another bin/lab has been at work on $1 for five minutes. Wait for it, or end it."
}
lock_switch() {
  lock_lab -s
  exec 7>"$HC_LAB_DIR/locks/$HC_LAB_NAME.switch"
  flock -w 60 7 || die "Another bin/lab has been changing the switch for a minute. Wait for it, or end it."
}

# --- up and down -------------------------------------------------------------------------------------------------------

# lab_prepare: everything that is made once: programs, root file system. Sets IMAGE.
lab_prepare() {
  preflight_lab || {
    preflight_report "The lab cannot be had on this machine:"
    return 1
  }
  # shellcheck disable=SC2086
  apt_need $LAB_PACKAGES
  # What could only be tried now that the programs are there.
  FAULTS=
  preflight_kernel
  [ -z "$FAULTS" ] || {
    preflight_report "The lab cannot be had on this machine:"
    return 1
  }
  apt_indexed || apt_update
  image_ready
}

verb_up() {
  local count=${1:-} host n began fresh= present starting=
  case $count in '' | [1-9]) ;; *) usage_error "'$count' is no number of hosts: 1 to 9." ;; esac
  lock_lab
  began=$(now_ms)
  if ! lab_is_up; then
    fresh=yes
    # What an earlier up, killed in the middle, may have left.
    lab_clear
  fi
  if ! lab_is_up; then
    :
  elif [ "$(cat "$HC_LAB_STATE/subnet" 2>/dev/null || echo "$HC_LAB_SUBNET")" != "$HC_LAB_SUBNET" ]; then
    die "The lab $HC_LAB_NAME is up in $(cat "$HC_LAB_STATE/subnet").0.0/16. Take it down first, or give this one another HC_LAB_NAME."
  fi
  if [ -f "$HC_LAB_STATE/image" ]; then read -r IMAGE <"$HC_LAB_STATE/image"; else lab_prepare || exit 1; fi
  began=$(now_ms)
  present=$(host_names | wc -l)
  [ -n "$count" ] || { if [ "$present" -gt 0 ]; then count=$present; else count=3; fi; }
  [ "$present" -le "$count" ] || die "The lab is up with $present hosts. For fewer, 'bin/lab down' first."

  UP_FRESH=$fresh UP_NEW=
  trap 'up_failed' EXIT
  trap 'exit 130' INT TERM HUP
  keys_write
  printf '%s\n' "$IMAGE" >"$HC_LAB_STATE/image"
  network_up || die "The lab's network could not be made; the message stands above."
  registry_start
  n=0
  while [ "$n" -lt "$count" ]; do
    n=$((n + 1))
    host=nuc$n
    if [ ! -f "$(host_dir "$host")/created" ]; then
      UP_NEW="$UP_NEW $host"
      host_create "$host" || die "$host could not be made; the message stands above."
    fi
    [ "$(host_power "$host")" = off ] || continue
    starting="$starting $host"
    host_start "$host" || die "$host could not be started. Its console: $(host_dir "$host")/console.log"
  done
  switch_rules
  known_hosts_write
  inventory_write
  # shellcheck disable=SC2086
  host_wait $starting || exit 1
  : >"$HC_LAB_STATE/up"
  trap - EXIT INT TERM HUP
  if [ -n "$starting" ]; then say "The lab is up: $count hosts in $(seconds_since "$began") s."; else say "The lab is already up: $count hosts."; fi
  lab_hints
}

# up_failed: takes down what this very call started.
up_failed() {
  local code=$? host
  trap - EXIT INT TERM HUP
  if [ -n "$UP_FRESH" ]; then
    [ -z "${HC_LAB_KEEP_FAILED:-}" ] || exit "$code"
    lab_clear
  else
    for host in $UP_NEW; do host_remove "$host"; done
  fi
  warn "The lab did not come up; what this call had started is down again."
  exit "$code"
}

lab_hints() {
  verb_env
  say "Next: run that line, then for example
  hc apply jobs/                    place and start the sample jobs
  bin/lab kill nuc1                 cut the power of a host; bin/lab boot nuc1 brings it back
  bin/lab run nuc1 -- systemctl     a command on a host, also while its network is cut
  bin/lab down                      take it all away"
}

# lab_clear: takes away all that the lab's name and state stand for; only the cache stays.
lab_clear() {
  local host at ok=0
  rm -f "$HC_LAB_STATE/up"
  for host in $(host_names); do host_remove "$host" || ok=1; done
  registry_stop
  network_down
  # A host whose folder is gone but whose processes are not.
  for at in "$(cgroup_freezer '')"nuc[1-9]; do
    [ ! -d "$at" ] || host_sweep "${at##*/}" || ok=1
  done
  cgroup_remove
  awk -v dir="$HC_LAB_STATE/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r at; do umount -l "$at"; done
  # The store of hc, made beside the inventory, goes with the lab it speaks of.
  [ "$ok" -ne 0 ] || rm -rf --one-file-system "$HC_LAB_STATE"
  return "$ok"
}

verb_down() {
  local was=
  lock_lab
  [ ! -d "$HC_LAB_STATE" ] || was=yes
  lab_clear || die "Something of the lab would not end; the message stands above. Run 'bin/lab down' again."
  if [ -n "$was" ]; then say "The lab is down. The root file system stays in $HC_LAB_DIR ('bin/lab gc' removes old ones)."; else say "The lab is down already."; fi
}

verb_gc() {
  case ${1:-} in '') image_gc ;; --all) image_gc all ;; *) usage_error "gc takes no '$1'; --all removes the present root file system too." ;; esac
}

verb_env() {
  need_env=$INVENTORY
  [ -f "$need_env" ] || die "The lab is down. Bring it up with 'bin/lab up'."
  printf 'export HC_INVENTORY=%s\n' "$INVENTORY"
}

# --- power, freezing ---------------------------------------------------------------------------------------------------

verb_kill() {
  need_host "${1:-}"
  lock_host "$1"
  [ "$(host_power "$1")" != off ] || { host_cut_power "$1"; say "$1 is off already."; return; }
  host_cut_power "$1" || exit 1
  say "$1 has lost its power."
}

verb_boot() {
  local began
  need_host "${1:-}"
  lock_host "$1"
  began=$(now_ms)
  case $(host_power "$1") in
    on) say "$1 is on already."; return ;;
    frozen) die "$1 is frozen, not off. Thaw it with 'bin/lab thaw $1'." ;;
  esac
  host_start "$1" || die "$1 could not be started. Its console: $(host_dir "$1")/console.log"
  [ "${2:-}" = --no-wait ] || host_wait "$1" || exit 1
  say "$1 is on ($(seconds_since "$began") s)."
}

verb_freeze() {
  need_host "${1:-}"
  lock_host "$1"
  need_on "$1"
  cgroup_freeze "$1" || die "$1 does not freeze. Its processes may be waiting for the disk; try again."
  say "$1 is frozen: its kernel still answers pings, nothing on it runs."
}
verb_thaw() {
  need_host "${1:-}"
  lock_host "$1"
  need_on "$1"
  cgroup_thaw "$1"
  say "$1 runs."
}

# --- network -----------------------------------------------------------------------------------------------------------

verb_cut() {
  local host=${1:-} peer= oneway=
  if [ "$host" = control ]; then need_up; else need_host "$host"; fi
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --from) [ $# -ge 2 ] || usage_error "--from needs a host, control or witness."; peer=$2; shift ;;
      --from=*) peer=${1#*=} ;;
      --one-way) oneway=one-way ;;
      *) usage_error "cut takes no '$1'." ;;
    esac
    shift
  done
  [ -z "$peer" ] || need_peer "$peer"
  [ "$peer" != "$host" ] || usage_error "$host cannot be cut from itself."
  lock_switch
  cut_add "$host" "$peer" "$oneway"
  if [ -n "$oneway" ]; then say "$host no longer hears ${peer:-any other}."; else say "$host is cut from ${peer:-all the others}."; fi
}

verb_heal() {
  local host=${1:-} peer=
  case $host in all | control) need_up ;; *) need_host "$host" ;; esac
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --from) [ $# -ge 2 ] || usage_error "--from needs a host, control or witness."; peer=$2; shift ;;
      --from=*) peer=${1#*=} ;;
      *) usage_error "heal takes no '$1'." ;;
    esac
    shift
  done
  [ -z "$peer" ] || need_peer "$peer"
  lock_switch
  cut_remove "$host" "$peer"
  if [ "$host" = all ]; then say "No cuts are left."; else say "$host is no longer cut from ${peer:-any other}."; fi
}

verb_net() {
  local host=${1:-} loss=0 delay=0 given=
  need_host "$host"
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --loss) loss=${2:-}; given=yes; shift ;;
      --loss=*) loss=${1#*=}; given=yes ;;
      --delay) delay=${2:-}; given=yes; shift ;;
      --delay=*) delay=${1#*=}; given=yes ;;
      --clear) loss=0 delay=0 given=yes ;;
      *) usage_error "net takes no '$1'." ;;
    esac
    shift || break
  done
  [ -n "$given" ] || usage_error "Say --loss PERCENT, --delay MILLISECONDS or --clear."
  loss=${loss%\%} delay=${delay%ms}
  case $loss in '' | *[!0-9.]* | *.*.*) usage_error "--loss takes a percentage from 0 to 100, not '$loss'." ;; esac
  case $delay in '' | *[!0-9]*) usage_error "--delay takes milliseconds, not '$delay'." ;; esac
  awk -v p="$loss" 'BEGIN { exit !(p <= 100) }' || usage_error "--loss takes a percentage from 0 to 100, not '$loss'."
  lock_host "$host"
  if [ "$loss" = 0 ] && [ "$delay" = 0 ]; then
    rm -f "$(host_dir "$host")/net"
  else
    printf '%s %s\n' "$loss" "$delay" >"$(host_dir "$host")/net"
  fi
  network_shape "$host" || die "The network of $host could not be shaped."
  say "$host: ${loss}% of the frames are lost and each is delayed by $delay ms, in each direction."
}

# --- disk --------------------------------------------------------------------------------------------------------------

verb_fill() {
  local dir
  need_host "${1:-}"
  dir=$(host_dir "$1")
  lock_host "$1"
  mounted "$dir/disk" || die "$1 has no disk mounted. Switch it on with 'bin/lab boot $1'."
  case ${2:-} in
    --clear)
      rm -f "$dir/disk/filler" "$dir/disk/filler.rest"
      say "The disk of $1 has $(df -Ph "$dir/disk" | awk 'NR == 2 { print $4 }') free." ;;
    '')
      # Beside the host's own tree, so nothing on the host can see or remove it.
      fallocate -l "$(df -Pk "$dir/disk" | awk 'NR == 2 { print $4 }')KiB" "$dir/disk/filler" 2>/dev/null || :
      dd if=/dev/zero of="$dir/disk/filler.rest" bs=4k oflag=append conv=notrunc 2>/dev/null || :
      say "The disk of $1 is full." ;;
    *) usage_error "fill takes no '$2'." ;;
  esac
}

# --- looking, running --------------------------------------------------------------------------------------------------

verb_run() {
  local host=${1:-} init at
  if [ "$host" = control ]; then need_up; else need_host "$host"; fi
  shift
  [ "${1:-}" != -- ] || shift
  [ $# -gt 0 ] || usage_error "What shall run? bin/lab run $host -- COMMAND"
  if [ "$host" = control ]; then exec nsenter --net="/run/netns/$CONTROL_NS" -- "$@"; fi
  case $(host_power "$host") in
    off) die "$host is off. Switch it on with 'bin/lab boot $host'." ;;
    frozen) die "$host is frozen. Thaw it with 'bin/lab thaw $host'." ;;
  esac
  init=$(host_init "$host") || die "$host is just starting or ending. Try again."
  cgroup_enter_running "$host" || die "$host is just ending."
  cd / || exit 1
  exec nsenter --target "$init" --mount --uts --ipc --net --pid --cgroup --root -- \
    /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
    /bin/sh -c 'cd /root && exec "$@"' sh "$@"
}

status_hosts() {
  local host power init boot loss delay filled sep=
  for host in $(host_names); do
    power=$(host_power "$host")
    init=null boot=null loss=0 delay=0 filled=false
    if [ "$power" != off ]; then init=$(host_init "$host") || init=null; fi
    read -r loss delay 2>/dev/null <"$(host_dir "$host")/net" || :
    [ ! -f "$(host_dir "$host")/disk/filler" ] || filled=true
    printf '%s|%s|%s|%s|%s|%s|%s|%s\n' "$host" "$(host_address "$host")" "$power" "$init" "${loss:-0}" "${delay:-0}" "$filled" \
      "$(cuts_each | awk -v h="$host" '$2 == h { print $1 }' | paste -sd, -)"
  done
}

json_list() {
  printf '['
  printf '%s' "$1" | tr , '\n' | awk 'NF { printf "%s\"%s\"", sep, $0; sep = ", " }'
  printf ']'
}

verb_status() {
  local json= host address power init loss delay filled cut sep= up=false
  case ${1:-} in --json) json=yes ;; '') ;; *) usage_error "status takes no '$1'." ;; esac
  ! lab_is_up || up=true
  if [ -z "$json" ]; then
    [ "$up" = true ] || { say "The lab is down. Bring it up with 'bin/lab up'."; return 0; }
    printf '%-6s %-14s %-7s %-8s %s\n' HOST ADDRESS POWER PID NETWORK
    status_hosts | while IFS='|' read -r host address power init loss delay filled cut; do
      printf '%-6s %-14s %-7s %-8s %s%s%s\n' "$host" "$address" "$power" "$init" "${cut:+does not hear $cut }" \
        "$([ "$loss$delay" = 00 ] || printf 'loss %s%% delay %s ms ' "$loss" "$delay")" "$([ "$filled" = false ] || printf 'disk full')"
    done
    verb_env
    return
  fi
  printf '{"name": "%s", "up": %s, "hosts": [' "$HC_LAB_NAME" "$up"
  status_hosts | while IFS='|' read -r host address power init loss delay filled cut; do
    printf '%s\n  {"name": "%s", "address": "%s", "namespace": "%s", "power": "%s", "pid": %s, "cut": %s, "net": {"loss": %s, "delayMs": %s}, "diskFull": %s}' \
      "$sep" "$host" "$address" "$(host_namespace "$host")" "$power" "$init" "$(json_list "$cut")" "$loss" "$delay" "$filled"
    sep=,
  done
  printf '],\n "control": {"namespace": "%s", "address": "%s", "machineAddress": "%s", "cut": %s},\n' "$CONTROL_NS" "$CONTROL_ADDRESS" "$MACHINE_ADDRESS" \
    "$(json_list "$(cuts_each | awk '$2 == "control" { print $1 }' | paste -sd, -)")"
  printf ' "witness": "%s", "registry": %s, "inventory": "%s", "state": "%s"}\n' "$WITNESS_ADDRESS" \
    "$(if recorded_process "$HC_LAB_STATE/registry/pid" >/dev/null; then printf '"registry.lab:5000"'; else echo null; fi)" "$INVENTORY" "$HC_LAB_STATE"
}
