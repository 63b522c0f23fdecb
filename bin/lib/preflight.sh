# Everything that could stop the lab, looked at before anything is changed, and all of it told at once.

FAULTS=
fault() { FAULTS="$FAULTS
  - $*"; }

# preflight_lab: prints every fault, or nothing and succeeds. Needs root to try things; each trial leaves nothing behind.
preflight_lab() {
  FAULTS=
  preflight_machine
  preflight_kernel
  if subnet_taken 2>/dev/null; then
    fault "The machine itself uses addresses in $HC_LAB_SUBNET.0.0/16. Set HC_LAB_SUBNET to two other octets, for example HC_LAB_SUBNET=10.99."
  fi
  [ -z "$FAULTS" ]
}
preflight_report() { warn "$1$FAULTS"; }

preflight_machine() {
  local kb release
  if [ "$(id -u)" -ne 0 ]; then
    fault "This needs root, and 'sudo -n' gives none. Run it as root or allow sudo without a password."
  fi
  if ! have apt-get || ! have dpkg; then
    fault "There is no apt. The lab builds its hosts from Debian packages: use Debian 12 or later."
  else
    # shellcheck disable=SC1091
    release=$(. /etc/os-release && printf '%s %s' "${ID:-}" "${VERSION_ID:-}")
    case $release in
      "debian "1[2-9]* | "debian "[2-9][0-9]* | "debian ") ;;
      *) fault "This is not Debian 12 or later but '$release'." ;;
    esac
  fi
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) fault "The processor is $(uname -m); amd64 or arm64 is needed." ;;
  esac
  kb=$(df -Pk "$(existing_parent "$HC_LAB_DIR")" | awk 'NR == 2 { print $4 }')
  # What is already in the cache counts.
  [ ! -d "$HC_LAB_DIR/roots" ] || kb=$((kb + $(du -sxk "$HC_LAB_DIR" 2>/dev/null | cut -f1)))
  [ "$kb" -ge $((6 * 1024 * 1024)) ] ||
    fault "$HC_LAB_DIR has $((kb / 1024)) MB free; 6144 MB are needed. Make room or point HC_LAB_DIR at a larger disk."
  kb=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
  [ "$kb" -ge $((1900 * 1024)) ] || fault "The machine has $((kb / 1024)) MB of memory; 2048 MB are needed."
}

existing_parent() {
  local dir=$1
  while [ ! -d "$dir" ]; do dir=$(dirname "$dir"); done
  printf '%s\n' "$dir"
}

# preflight_kernel: by trying, in namespaces that vanish with the trial.
preflight_kernel() {
  local dir
  [ "$(id -u)" -eq 0 ] || return 0
  if ! unshare --mount --net --pid --uts --ipc --fork true 2>/dev/null; then
    fault "Namespaces cannot be made here (unshare fails). In a container, it has to be a privileged one."
    return 0
  fi
  if ! unshare --mount sh -c 'd=$(mktemp -d) && mount -t tmpfs tmpfs "$d" && mkdir "$d/l" "$d/u" "$d/w" "$d/m" &&
    mount -t overlay -o "lowerdir=$d/l,upperdir=$d/u,workdir=$d/w" overlay "$d/m"; r=$?; umount -l "$d"; rmdir "$d"; exit $r' 2>/dev/null; then
    fault "The kernel mounts no overlay file system (try 'modprobe overlay')."
  fi
  if have ip; then
    unshare --net sh -c 'ip link add hcveth0 type veth peer name hcveth1' 2>/dev/null || fault "The kernel makes no veth devices (try 'modprobe veth')."
    unshare --net sh -c 'ip link add hcbr0 type bridge' 2>/dev/null || fault "The kernel makes no bridge devices (try 'modprobe bridge')."
  fi
  if have nft; then
    unshare --net nft 'add table bridge lab; add chain bridge lab c { type filter hook forward priority 0; }; add rule bridge lab c iifname "a" numgen random mod 100 < 1 drop' 2>/dev/null ||
      fault "The kernel takes no nftables rules for bridges (try 'modprobe nf_tables')."
    unshare --net nft 'add table ip lab; add chain ip lab c { type nat hook postrouting priority 100; }; add rule ip lab c masquerade' 2>/dev/null ||
      fault "The kernel takes no nftables rules for address translation (try 'modprobe nft_masq'): containers could publish no ports."
  fi
  [ -d /sys/fs/cgroup/memory ] || [ -f /sys/fs/cgroup/cgroup.controllers ] || fault "No cgroups are mounted at /sys/fs/cgroup."
  if [ -d /sys/fs/cgroup ] && ! [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    for dir in memory cpu pids freezer devices; do
      [ -d "/sys/fs/cgroup/$dir" ] || fault "The cgroup v1 controller '$dir' is not mounted at /sys/fs/cgroup/$dir."
    done
  fi
}
