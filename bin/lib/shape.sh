# Slow networks. Loss is a rule of the switch (network.sh). Delay is the kernel's netem on both ends of the host's cable;
# where the kernel has no netem, a small relay holds every frame back instead.

# network_shape HOST: makes the network what $HC_LAB_STATE/hosts/HOST/net says.
network_shape() {
  local loss=0 delay=0 ns
  ns=$(host_namespace "$1")
  read -r loss delay 2>/dev/null <"$(host_dir "$1")/net" || :
  switch_rules
  namespace_exists "$ns" || return 0
  relay_stop "$1"
  tc -n "$SWITCH_NS" qdisc del dev "$1" root 2>/dev/null
  tc -n "$ns" qdisc del dev eth0 root 2>/dev/null
  [ "${delay:-0}" != 0 ] || return 0
  if tc -n "$SWITCH_NS" qdisc add dev "$1" root netem delay "${delay}ms" limit 100000 2>/dev/null; then
    tc -n "$ns" qdisc add dev eth0 root netem delay "${delay}ms" limit 100000
  else
    relay_start "$1" "$delay"
  fi
}

# The relay stands in the host's cable: the host's end leaves the bridge, a second cable takes its place, and a process
# carries frames between the two.
relay_start() {
  local dir cable=relay-$1
  dir=$(host_dir "$1")
  # The port keeps its name, for the rules of the switch know it by that.
  ip -n "$SWITCH_NS" link set "$1" nomaster &&
    ip -n "$SWITCH_NS" link set "$1" down &&
    ip -n "$SWITCH_NS" link set "$1" name "cable-$1" &&
    ip -n "$SWITCH_NS" link set "cable-$1" up &&
    ip -n "$SWITCH_NS" link add "$1" type veth peer name "$cable" &&
    ip -n "$SWITCH_NS" link set "$1" master br0 &&
    ip -n "$SWITCH_NS" link set "$1" up &&
    ip -n "$SWITCH_NS" link set "$cable" up || return 1
  # Frames have to be whole where the relay reads them: no checksum or segment left for a card to finish.
  nsenter --net="/run/netns/$(host_namespace "$1")" perl "$LIB/relay.pl" plain eth0 || return 1
  in_switch perl "$LIB/relay.pl" plain "$1" || return 1
  setsid sh -c '. "$LIB/common.sh"; record_process "$1/relay" $$; shift; exec nsenter --net="$1" perl "$LIB/relay.pl" relay "$2" "$3" "$4"' \
    relay "$dir" "/run/netns/$SWITCH_NS" "$cable" "cable-$1" "$2" </dev/null >"$dir/relay.log" 2>&1 7>&- 8>&- 9>&- &
  wait_until 50 grep -q ready "$dir/relay.log"
}

# relay_stop HOST: the plain cable again.
relay_stop() {
  local dir
  dir=$(host_dir "$1")
  end_recorded "$dir/relay" || :
  ip -n "$SWITCH_NS" link show "cable-$1" >/dev/null 2>&1 || return 0
  ip -n "$SWITCH_NS" link del "$1" 2>/dev/null
  ip -n "$SWITCH_NS" link set "cable-$1" down &&
    ip -n "$SWITCH_NS" link set "cable-$1" name "$1" &&
    ip -n "$SWITCH_NS" link set "$1" master br0 &&
    ip -n "$SWITCH_NS" link set "$1" up
}
