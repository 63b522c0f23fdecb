# One host: a systemd-nspawn container with its own disk, network namespace and cgroups. Its disk outlives a power cut.

HC_LAB_DISK=${HC_LAB_DISK:-3G}

host_dir() { printf '%s/hosts/%s\n' "$HC_LAB_STATE" "$1"; }
# host_names: the lab's hosts, in order.
host_names() {
  local dir
  for dir in "$HC_LAB_STATE"/hosts/nuc[1-9]; do [ ! -d "$dir" ] || printf '%s\n' "${dir##*/}"; done
}

# host_init HOST: the pid of the host's systemd as the machine sees it; fails when the host is off.
host_init() {
  local supervisor child
  supervisor=$(recorded_process "$(host_dir "$1")/pid") || return 1
  for child in $(cat "/proc/$supervisor/task/$supervisor/children" 2>/dev/null || child_pids "$supervisor"); do
    # nspawn's first child is its own helper while it starts; the init has a pid namespace in which it is 1.
    if grep -q '^NSpid:.*[[:space:]]1$' "/proc/$child/status" 2>/dev/null; then
      printf '%s\n' "$child"
      return 0
    fi
  done
  return 1
}
# For kernels without the list of children.
child_pids() {
  local stat pid
  for stat in /proc/[0-9]*/stat; do
    pid=${stat#/proc/}
    case $(sed 's/^.*) //' "$stat" 2>/dev/null) in ?" $1 "*) printf '%s\n' "${pid%/stat}" ;; esac
  done
}

# host_power HOST: on, frozen or off.
host_power() {
  if ! recorded_process "$(host_dir "$1")/power" >/dev/null && ! recorded_process "$(host_dir "$1")/pid" >/dev/null; then
    echo off
  elif cgroup_frozen "$1"; then
    echo frozen
  else
    echo on
  fi
}

# --- disk --------------------------------------------------------------------------------------------------------------
# A file with an ext4 in it, so that the disk has an end and overlays stack, whatever the machine's own file system is;
# where there is no loop device, memory of that size.

disk_attach() {
  local dir=$1
  mkdir -p "$dir/disk" "$dir/root"
  if ! mounted "$dir/disk"; then
    if [ ! -f "$dir/disk.img" ] && [ ! -f "$dir/disk.tmpfs" ]; then
      if truncate -s "$HC_LAB_DISK" "$dir/disk.img" && mkfs.ext4 -q -F -m 0 -O ^has_journal -E lazy_itable_init=1,nodiscard "$dir/disk.img" >/dev/null &&
        mount -o loop,nobarrier,noatime "$dir/disk.img" "$dir/disk" 2>/dev/null; then
        :
      else
        rm -f "$dir/disk.img"
        warn "No loop device to be had: ${dir##*/} gets a disk in memory."
        : >"$dir/disk.tmpfs"
      fi
    fi
    if ! mounted "$dir/disk"; then
      if [ -f "$dir/disk.tmpfs" ]; then
        mount -t tmpfs -o "size=$HC_LAB_DISK,mode=755" tmpfs "$dir/disk" || return 1
      else
        mount -o loop,nobarrier,noatime "$dir/disk.img" "$dir/disk" || return 1
      fi
    fi
  fi
  mkdir -p "$dir/disk/upper" "$dir/disk/work" "$dir/disk/containers" "$dir/disk/docker"
  if ! mounted "$dir/root"; then
    mount -t overlay -o "lowerdir=$IMAGE/rootfs,upperdir=$dir/disk/upper,workdir=$dir/disk/work" overlay "$dir/root" || return 1
  fi
}

disk_detach() {
  local at
  for at in "$1/root" "$1/disk"; do
    if mounted "$at"; then umount "$at" 2>/dev/null || umount -l "$at"; fi
  done
}

# --- creation ----------------------------------------------------------------------------------------------------------

# host_create HOST: what it has before its first boot: disk, images, name, keys.
host_create() {
  local dir root i
  dir=$(host_dir "$1")
  mkdir -p "$dir"
  [ ! -f "$dir/created" ] || return 0
  printf '%s\n' "$IMAGE" >"$dir/image"
  disk_attach "$dir" || return 1
  root=$dir/root
  tar -C "$dir/disk/containers" -xf "$IMAGE/seed/containers.tar" || return 1
  tar -C "$dir/disk/docker" -xf "$IMAGE/seed/docker.tar" || return 1
  printf '%s\n' "$1" >"$root/etc/hostname"
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$root/etc/machine-id"
  echo >>"$root/etc/machine-id"
  {
    printf '127.0.0.1 localhost\n%s control\n%s registry.lab\n' "$CONTROL_ADDRESS" "$WITNESS_ADDRESS"
    for i in 1 2 3 4 5 6 7 8 9; do printf '%s nuc%s\n' "$(host_address "nuc$i")" "$i"; done
  } >"$root/etc/hosts"
  for i in ed25519 ecdsa; do
    rm -f "$root/etc/ssh/ssh_host_${i}_key" "$root/etc/ssh/ssh_host_${i}_key.pub"
    ssh-keygen -q -t "$i" -N '' -C "root@$1" -f "$root/etc/ssh/ssh_host_${i}_key" || return 1
  done
  install -d -m 700 "$root/root/.ssh"
  install -m 600 "$HC_LAB_STATE/id.pub" "$root/root/.ssh/authorized_keys"
  chroot "$root" install -d -m 700 -o admin -g admin /home/admin/.ssh
  install -m 600 "$HC_LAB_STATE/id.pub" "$root/home/admin/.ssh/authorized_keys"
  chroot "$root" chown admin:admin /home/admin/.ssh/authorized_keys
  mkdir -p "$root/var/log/journal"
  : >"$dir/created"
}

# --- power -------------------------------------------------------------------------------------------------------------

# host_start HOST: power on; comes back at once, the host boots by itself.
host_start() {
  local dir
  dir=$(host_dir "$1")
  read -r IMAGE <"$dir/image"
  host_sweep "$1" || return 1
  disk_attach "$dir" && cgroup_make "$1" && host_network_up "$1" || return 1
  network_shape "$1"
  setsid sh "$LIB/supervise.sh" "$1" </dev/null >"$dir/console.log" 2>&1 6>&- 7>&- 8>&- 9>&- &
  wait_until 100 recorded_process "$dir/pid" >/dev/null
}

# host_cut_power HOST: the cable first (the kernel of a dead host would still answer), then its systemd, then what is left.
host_cut_power() {
  local init
  host_link_down "$1"
  if init=$(host_init "$1"); then kill -KILL "$init" 2>/dev/null; fi
  host_sweep "$1" && host_network_down "$1"
}

# host_end_processes HOST: whatever runs in its cgroups, recorded or not.
host_end_processes() {
  local pid i=0
  while ! cgroup_empty "$1"; do
    for pid in $(cgroup_pids "$1"); do kill -KILL "$pid" 2>/dev/null; done
    # What is frozen dies only when it may run again.
    cgroup_thaw "$1"
    i=$((i + 1))
    [ "$i" -lt 100 ] || {
      warn "Processes of $1 do not end: $(cgroup_pids "$1" | tr '\n' ' ')"
      return 1
    }
    sleep 0.05
  done
}

# host_sweep HOST: nothing of it may still run or be frozen.
host_sweep() {
  local dir
  dir=$(host_dir "$1")
  end_recorded "$dir/power" KILL
  host_end_processes "$1" || return 1
  cgroup_thaw "$1"
  rm -f "$dir/pid"
  cgroup_remove "$1"
}

# host_ssh HOST COMMAND: from the host's own namespace, so that it is asked even while its network is cut.
host_ssh() {
  local host=$1
  shift
  nsenter --net="/run/netns/$(host_namespace "$host")" ssh -F /dev/null -i "$HC_LAB_STATE/id" -o IdentitiesOnly=yes -o BatchMode=yes \
    -o ConnectTimeout=10 -o LogLevel=ERROR -o UserKnownHostsFile="$HC_LAB_STATE/known_hosts" -o StrictHostKeyChecking=yes \
    "root@$(host_address "$host")" "$@" </dev/null
}
# host_answers HOST: does its sshd take the lab's key?
host_answers() { host_ssh "$1" true >/dev/null 2>&1; }

# host_wait HOST...: until each answers by ssh and its systemd has finished booting.
host_wait() {
  local host state
  for host; do
    wait_until 900 host_answers "$host" || {
      tail -n 5 "$(host_dir "$host")/console.log" >&2
      warn "$host does not answer by ssh within 90 s. Its console is $(host_dir "$host")/console.log."
      return 1
    }
    # A unit that hc stops while it still waits for its start counts as failed for a moment.
    state=$(host_ssh "$host" 'timeout 60 systemctl is-system-running --wait || { sleep 2; systemctl is-system-running; }' 2>&1 | tail -n 1)
    case $state in
      running) ;;
      *) warn "$host is up but its systemd says '$state'. Look at: bin/lab run $host -- systemctl --failed" ;;
    esac
  done
}

# host_remove HOST: off, and its disk gone.
host_remove() {
  local dir
  dir=$(host_dir "$1")
  host_cut_power "$1" || return 1
  relay_stop "$1"
  disk_detach "$dir"
  rm -rf --one-file-system "$dir"
}
