// What runs of a slot, found by the kernel's files: no engine is asked, and none need answer.

// A container's cgroup is its engine's choice. Its id is in that cgroup's path, whatever the engine, the cgroup version and
// the manager; it is found by the monitor's arguments (podman), by containerd's folder (docker), by HC_SLOT in what runs.
/**
 * Functions of the lease's script; expect `say` and $A. `containers SLOT` adds to $ids, `armed SLOT` sets $driver and
 * $units, `alive` prints the processes of $units and $ids, `quiet` tells whether systemd calls all $units stopped.
 */
export const FIND = `
id_of() {
  case $1 in (*[!0-9a-f]*) return ;; esac
  [ \${#1} -ne 64 ] || case " $ids " in (*" $1 "*) ;; (*) ids="$ids $1" ;; esac
}
ids_in() {
  while read -r x; do
    x=\${x##*/}
    x=\${x%.scope}
    id_of "\${x##*-}"
  done <$1/cgroup
} 2>/dev/null
containers() {
  for f in $(grep -lsF "HC_SLOT=$1" /proc/[0-9]*/environ); do
    if tr '\\000' '\\n' <$f | grep -qxF "HC_SLOT=$1"; then ids_in \${f%/environ}; fi
  done
  for f in $(grep -lsF "hc-$1" /proc/[0-9]*/cmdline); do
    case $(tr '\\000\\n' '\\n ' <$f | head -c 20000) in (*conmon*"
-n
hc-$1
"*) ;; (*) continue ;; esac
    for x in $(tr '\\000\\n' '\\n ' <$f | grep -xE '[0-9a-f]{64}'); do id_of "$x"; done
  done
  for f in $(grep -lsF "\\"HC_SLOT=$1\\"" /run/containerd/io.containerd.runtime.v2.task/moby/*/config.json \\
    /run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/*/config.json \\
    /run/snap.docker/containerd/daemon/io.containerd.runtime.v2.task/moby/*/config.json); do
    f=\${f%/config.json}
    id_of "\${f##*/}"
  done
} 2>/dev/null
# Sets $driver and $units of a slot.
armed() {
  driver= units= p=
  if read -r p driver units <$A/slots/$1; then :; fi 2>/dev/null
  [ -n "$units" ] || units=hc-$1.service
}
# Prints the processes of a slot that live, wherever they are: a zombie has done all that it will.
alive() {
  set --
  for x in $units; do set -- "$@" -e "/$x"; done
  for x in $ids; do set -- "$@" -e "$x"; done
  for f in $(grep -lsF "$@" /proc/[0-9]*/cgroup); do
    f=\${f%/cgroup} x=
    if read -r x <$f/stat; then :; fi
    case \${x##*') '} in ('' | Z* | X*) ;; (*) say \${f##*/} ;; esac
  done
} 2>/dev/null
# Does systemd say of all units that they are stopped? Without its word nothing is proven.
quiet() {
  set -- $units
  n=$#
  for x in $(timeout 2 systemctl show -p ActiveState --value -- $units); do
    case $x in (inactive | failed) n=$((n - 1)) ;; (*) return 1 ;; esac
  done
  [ $n -eq 0 ]
} 2>/dev/null
`
