# The power supply of one host: runs its container, starts it again when it reboots by itself, and takes the cable out when
# it has ended. Started by host_start in a session of its own:  supervise.sh HOST
set -u
. "$LIB/lab.sh"
host=$1
dir=$(host_dir "$host")
record_process "$dir/power" $$ || exit 1

while :; do
  # The shell that becomes nspawn joins the host's cgroups; this one stays outside, for nspawn divides them further.
  sh -c '
    . "$LIB/lab.sh"
    host=$1 dir=$2
    cgroup_enter "$host" && record_process "$dir/pid" $$ || exit 1
    if cgroup_v2; then SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1; export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY; fi
    # /proc/sys/net can be written, which container networks need; the rest of the kernel belongs to the machine.
    SYSTEMD_NSPAWN_API_VFS_WRITABLE=network; export SYSTEMD_NSPAWN_API_VFS_WRITABLE
    exec systemd-nspawn --quiet --directory="$dir/root" --machine="$HC_LAB_NAME-$host" --hostname="$host" \
      --register=no --keep-unit --kill-signal=SIGRTMIN+3 --network-namespace-path="/run/netns/$(host_namespace "$host")" \
      --resolv-conf=off --timezone=off --link-journal=no \
      --capability=all --system-call-filter="keyctl bpf add_key request_key" \
      --bind="$dir/disk/containers:/var/lib/containers" --bind="$dir/disk/docker:/var/lib/docker" /lab-init
  ' host "$host" "$dir"
  code=$?
  host_link_down "$host"
  host_end_processes "$host"
  # nspawn says 133 for a reboot.
  [ "$code" -eq 133 ] || break
  host_network_up "$host" && network_shape "$host" || break
done
rm -f "$dir/pid" "$dir/power"
