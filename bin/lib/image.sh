# The hosts' root file system: built once by mmdebstrap from what apt provides, cached by a key over this very recipe.

IMAGE_PACKAGES="systemd systemd-sysv dbus openssh-server sudo ca-certificates
  iproute2 iputils-ping procps util-linux e2fsprogs kmod nftables iptables rsync netcat-openbsd curl less
  podman crun netavark aardvark-dns docker.io containerd runc busybox-static
  etcd-server"
# Only where this release of Debian has them as packages of their own.
IMAGE_PACKAGES_IF_KNOWN="docker-cli docker-registry"

image_packages() {
  local p
  for p in $IMAGE_PACKAGES; do printf '%s\n' "$p"; done
  for p in $IMAGE_PACKAGES_IF_KNOWN; do apt_knows "$p" && printf '%s\n' "$p"; done
  return 0
}

# image_key: changes with the release, the packages and with this recipe (and the one of the seeds).
image_key() {
  {
    debian_codename
    dpkg --print-architecture
    image_packages
    cat "$LIB/image.sh" "$LIB/seed.sh"
  } | sha256sum | cut -c1-16
}

# image_ready: builds what is missing and sets IMAGE to the folder with rootfs/ and seed/.
image_ready() {
  local key dir began
  key=$(image_key)
  dir=$HC_LAB_DIR/roots/$key
  IMAGE=$dir
  [ ! -f "$dir/done" ] || return 0
  mkdir -p "$HC_LAB_DIR/roots"
  (
    flock 8
    [ ! -f "$dir/done" ] || exit 0
    began=$(now_ms)
    say "Building the hosts' root file system ($(debian_codename), about a minute; it is kept in $HC_LAB_DIR)."
    image_discard "$dir"
    mkdir -p "$dir"
    image_build "$dir" >"$dir/build.log" 2>&1 || {
      tail -n 15 "$dir/build.log" >&2
      die "Building the root file system failed; the end of the log stands above, all of it in $dir/build.log. Mend it and run this again."
    }
    : >"$dir/done"
    say "Built in $(seconds_since "$began") s."
  ) 8>"$HC_LAB_DIR/roots/lock" || exit 1
}

image_build() {
  local dir=$1
  apt_sources >"$dir/sources.list"
  apt_settings >"$dir/apt.conf"
  [ -s "$dir/sources.list" ] || die "apt knows no archive of Debian $(debian_codename). Look at /etc/apt/sources.list and run 'apt-get update'."
  mmdebstrap --mode=root --variant=minbase --format=directory \
    --aptopt='Apt::Install-Recommends "false"' --aptopt="$dir/apt.conf" \
    --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include="$(image_packages | paste -sd,)" \
    "$(debian_codename)" "$dir/rootfs" "$dir/sources.list" || return 1
  rm -f "$dir/rootfs/etc/apt/apt.conf.d/99mmdebstrap" "$dir/rootfs/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
  image_configure "$dir/rootfs" || return 1
  seed_build "$dir"
}

# What makes the Debian in it a lab host: little, so that it stays like a machine at home.
image_configure() {
  local root=$1 unit
  # The init of nspawn gets its cgroup controllers read-only on cgroup v1; with them read-only MemoryMax does nothing.
  # On v1 a systemd of Debian 13 or later wants to be told that this is meant.
  cat >"$root/lab-init" <<'EOF'
#!/bin/sh
if [ ! -f /sys/fs/cgroup/cgroup.controllers ]; then
  for dir in /sys/fs/cgroup/*/; do mount -o remount,rw,bind "$dir" 2>/dev/null; done
  set -- SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1
fi
exec /sbin/init "$@"
EOF
  chmod 755 "$root/lab-init"

  mkdir -p "$root/etc/ssh/sshd_config.d" "$root/etc/systemd/journald.conf.d" "$root/etc/containers/registries.conf.d" "$root/etc/docker"
  cat >"$root/etc/ssh/sshd_config.d/lab.conf" <<'EOF'
PermitRootLogin prohibit-password
UseDNS no
PrintMotd no
PrintLastLog no
EOF
  cat >"$root/etc/systemd/journald.conf.d/lab.conf" <<'EOF'
[Journal]
Storage=persistent
SystemMaxUse=64M
RateLimitBurst=0
ReadKMsg=no
EOF
  # The engines' own cgroups: the hosts' systemd cannot hand out scopes to podman on cgroup v1 in nspawn.
  cat >"$root/etc/containers/containers.conf" <<'EOF'
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
EOF
  cat >"$root/etc/containers/registries.conf.d/lab.conf" <<'EOF'
unqualified-search-registries = []
[[registry]]
location = "registry.lab:5000"
insecure = true
EOF
  cat >"$root/etc/docker/daemon.json" <<'EOF'
{ "insecure-registries": ["registry.lab:5000"], "exec-opts": ["native.cgroupdriver=cgroupfs"] }
EOF

  # An unprivileged login for tests of sudo.
  chroot "$root" useradd --create-home --shell /bin/bash admin || return 1
  printf 'admin ALL=(ALL) NOPASSWD: ALL\n' >"$root/etc/sudoers.d/admin"
  chmod 440 "$root/etc/sudoers.d/admin"
  printf 'Defaults !fqdn\n' >"$root/etc/sudoers.d/lab"
  chmod 440 "$root/etc/sudoers.d/lab"

  # No network to fetch from, no hardware of its own, and no hand on the kernel that it shares with the machine.
  for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    podman-auto-update.service podman-auto-update.timer podman-restart.service podman-clean-transient.service \
    systemd-sysctl.service systemd-udevd.service systemd-modules-load.service systemd-networkd.service systemd-networkd.socket \
    systemd-networkd-wait-online.service systemd-timesyncd.service console-getty.service getty.target \
    docker-registry.service nftables.service etcd.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done

  # Distinct per host, so made at the hosts' creation.
  rm -f "$root"/etc/ssh/ssh_host_*
  : >"$root/etc/machine-id"
  rm -f "$root/var/lib/dbus/machine-id" "$root/etc/resolv.conf"
  : >"$root/etc/resolv.conf"
}

# image_discard DIR: takes a half-built one away, with what may still be mounted in it.
image_discard() {
  local at
  [ -d "$1" ] || return 0
  awk -v dir="$1/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r at; do umount -l "$at"; done
  rm -rf --one-file-system "$1"
}

# image_gc [all]: removes the roots that no lab uses; all also takes the present recipe's one.
image_gc() {
  local dir keep=
  [ "${1:-}" = all ] || keep=$(image_key)
  mkdir -p "$HC_LAB_DIR/roots"
  (
    # Not while one is being built.
    flock 8
    for dir in "$HC_LAB_DIR"/roots/*/; do
      dir=${dir%/}
      [ -d "$dir" ] && [ "${dir##*/}" != "$keep" ] || continue
      if grep -qF "lowerdir=$dir/rootfs" /proc/self/mountinfo; then
        say "$dir is in use; kept."
      else
        image_discard "$dir" && say "$dir removed."
      fi
    done
  ) 8>"$HC_LAB_DIR/roots/lock"
}
