# A registry beside the witness, http://registry.lab:5000, with hc-web:1 and hc-web:2: pulls and digests for real.

registry_start() {
  local dir=$HC_LAB_STATE/registry
  ! recorded_process "$dir/pid" >/dev/null || return 0
  # Not every release of Debian has one.
  [ -x "$IMAGE/rootfs/usr/bin/docker-registry" ] || return 0
  mkdir -p "$dir/data"
  [ -d "$dir/data/docker" ] || tar -C "$dir/data" -xf "$IMAGE/seed/registry.tar" || return 1
  cat >"$dir/config.yml" <<EOF
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: $dir/data }, delete: { enabled: true } }
http: { addr: "$WITNESS_ADDRESS:5000" }
EOF
  setsid sh -c '. "$LIB/common.sh"; record_process "$1/pid" $$; exec nsenter --net="/run/netns/$2" "$3/rootfs/usr/bin/docker-registry" serve "$1/config.yml"' \
    registry "$dir" "$SWITCH_NS" "$IMAGE" </dev/null >"$dir/log" 2>&1 7>&- 8>&- 9>&- &
  wait_until 50 registry_answers || {
    tail -n 3 "$dir/log" >&2
    warn "The registry does not answer; everything else goes on without it."
    end_recorded "$dir/pid"
  }
}
registry_answers() { in_switch bash -c "exec 3<>/dev/tcp/$WITNESS_ADDRESS/5000" 2>/dev/null; }
registry_stop() {
  end_recorded "$HC_LAB_STATE/registry/pid"
  rm -rf "$HC_LAB_STATE/registry"
}
