# Each host's processes live in cgroups of their own: limits work inside, a freeze reaches all of them, and what is left
# after a power cut can be found. Works on v1 (and hybrid) and v2, with and without systemd as the machine's init.

CGROUP_ROOT=/sys/fs/cgroup

cgroup_v2() { [ -f "$CGROUP_ROOT/cgroup.controllers" ]; }

# cgroup_hierarchies: where the hierarchies are mounted, one a line.
cgroup_hierarchies() {
  if cgroup_v2; then
    printf '%s\n' "$CGROUP_ROOT"
  else
    awk -v root="$CGROUP_ROOT/" '{ for (i = 7; i <= NF; i++) if ($i == "-") type = $(i + 1) }
      (type == "cgroup" || type == "cgroup2") && index($5, root) == 1 { print $5 }' /proc/self/mountinfo | sort -u
  fi
}

# cgroup_freezer HOST: the folder whose freezer holds the whole host.
cgroup_freezer() {
  if cgroup_v2; then printf '%s/%s/%s\n' "$CGROUP_ROOT" "$HC_LAB_NAME" "$1"; else printf '%s/freezer/%s/%s\n' "$CGROUP_ROOT" "$HC_LAB_NAME" "$1"; fi
}

# cgroup_make HOST: the host's folder in every hierarchy.
cgroup_make() {
  local at f
  if cgroup_v2; then
    mkdir -p "$CGROUP_ROOT/$HC_LAB_NAME"
    cgroup_v2_enable "$CGROUP_ROOT" || return 1
    cgroup_v2_enable "$CGROUP_ROOT/$HC_LAB_NAME" || return 1
    mkdir -p "$CGROUP_ROOT/$HC_LAB_NAME/$1"
    return
  fi
  for at in $(cgroup_hierarchies); do
    mkdir -p "$at/$HC_LAB_NAME/$1" || return 1
    # A new cpuset is empty, and nothing can join it until it has been given processors and memory.
    if [ -f "$at/cpuset.cpus" ]; then
      for f in cpuset.cpus cpuset.mems; do
        cat "$at/$f" >"$at/$HC_LAB_NAME/$f"
        cat "$at/$f" >"$at/$HC_LAB_NAME/$1/$f"
      done
    fi
    # Limits of what lies below are also accounted here.
    [ ! -f "$at/memory.use_hierarchy" ] || echo 1 2>/dev/null >"$at/$HC_LAB_NAME/memory.use_hierarchy" || :
  done
}

# cgroup_v2_enable DIR: hands the controllers on to the folders below it. In a container the root of what we see may itself
# hold processes, which v2 forbids beside controllers: these move to a leaf first.
cgroup_v2_enable() {
  local c pid failed
  for c in cpuset cpu io memory pids; do
    grep -qw "$c" "$1/cgroup.controllers" || continue
    grep -qw "$c" "$1/cgroup.subtree_control" && continue
    echo "+$c" 2>/dev/null >"$1/cgroup.subtree_control" && continue
    mkdir -p "$1/init.leaf"
    while read -r pid; do echo "$pid" 2>/dev/null >"$1/init.leaf/cgroup.procs" || :; done <"$1/cgroup.procs"
    echo "+$c" 2>/dev/null >"$1/cgroup.subtree_control" || failed="${failed:-} $c"
  done
  [ -z "${failed:-}" ] || warn "The cgroup controllers$failed cannot be handed to the hosts: limits of that kind will do nothing there."
}

# cgroup_enter HOST: the calling shell, and so what it executes, joins.
cgroup_enter() {
  local at
  for at in $(cgroup_hierarchies); do
    # The shell itself, not a subshell of it.
    echo $$ >"$at/$HC_LAB_NAME/$1/cgroup.procs" || return 1
  done
}

# cgroup_enter_running HOST: the same for a command that joins a host that already runs.
cgroup_enter_running() {
  local at
  if cgroup_v2; then
    at=$CGROUP_ROOT/$HC_LAB_NAME/$1/payload
    mkdir -p "$at/lab-run" && echo $$ >"$at/lab-run/cgroup.procs"
  else
    cgroup_enter "$1"
  fi
}

# cgroup_pids HOST: every process of the host that is left.
cgroup_pids() {
  local at
  if cgroup_v2; then at=$CGROUP_ROOT/$HC_LAB_NAME/$1; else at=$CGROUP_ROOT/pids/$HC_LAB_NAME/$1; fi
  [ -d "$at" ] || return 0
  find "$at" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un
}

cgroup_empty() { [ -z "$(cgroup_pids "$1")" ]; }

# cgroup_freeze HOST, cgroup_thaw HOST, cgroup_frozen HOST
cgroup_freeze() {
  local at
  at=$(cgroup_freezer "$1")
  if cgroup_v2; then
    echo 1 >"$at/cgroup.freeze"
    wait_until 50 grep -q '^frozen 1' "$at/cgroup.events"
  else
    echo FROZEN >"$at/freezer.state"
    wait_until 50 grep -q FROZEN "$at/freezer.state"
  fi
}
cgroup_thaw() {
  local at
  at=$(cgroup_freezer "$1")
  [ -d "$at" ] || return 0
  if cgroup_v2; then echo 0 >"$at/cgroup.freeze"; else echo THAWED >"$at/freezer.state"; fi
}
cgroup_frozen() {
  local at
  at=$(cgroup_freezer "$1")
  if cgroup_v2; then grep -q '^1' "$at/cgroup.freeze" 2>/dev/null; else grep -q FREEZ "$at/freezer.state" 2>/dev/null || grep -q FROZEN "$at/freezer.state" 2>/dev/null; fi
}

# cgroup_remove [HOST]: the host's folders, or the whole lab's; they are empty by now.
cgroup_remove() {
  local at dir
  for at in $(cgroup_hierarchies); do
    dir=$at/$HC_LAB_NAME${1:+/$1}
    [ ! -d "$dir" ] || find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null || :
  done
}
