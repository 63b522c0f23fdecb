# The lab's network. Nothing of it touches the machine's own:
#
#   the machine --(SUBNET.255.0/30)-- control (SUBNET.0.1) --+
#                                     nuc1    (SUBNET.0.11) --+-- switch (bridge, SUBNET.0.254: the witness)
#                                     nuc2    (SUBNET.0.12) --+
#
# Each of them is a network namespace. A command in the machine's ordinary shell reaches the hosts through control, so what
# is cut from control is cut from that shell too. Cuts and losses are rules of the switch: hosts cannot see or undo them.

SWITCH_NS=$HC_LAB_NAME-switch
CONTROL_NS=$HC_LAB_NAME-control
UPLINK=hc-lab-$(printf '%s' "$HC_LAB_SUBNET" | tr . -)
CONTROL_ADDRESS=$HC_LAB_SUBNET.0.1
WITNESS_ADDRESS=$HC_LAB_SUBNET.0.254
MACHINE_ADDRESS=$HC_LAB_SUBNET.255.1
TRANSIT_ADDRESS=$HC_LAB_SUBNET.255.2
TRANSIT_NET=$HC_LAB_SUBNET.255.0/30

host_namespace() { printf '%s-%s\n' "$HC_LAB_NAME" "$1"; }
host_address() { printf '%s.0.1%s\n' "$HC_LAB_SUBNET" "${1#nuc}"; }
# The same address on the wire after each boot, as a machine has it.
mac_address() { printf '02:68:63:%02x:%02x:%02x\n' "${HC_LAB_SUBNET%%.*}" "${HC_LAB_SUBNET#*.}" "$1"; }

namespace_exists() { [ -e "/run/netns/$1" ] && ip netns exec "$1" true 2>/dev/null; }
in_control() { nsenter --net="/run/netns/$CONTROL_NS" "$@"; }
in_switch() { nsenter --net="/run/netns/$SWITCH_NS" "$@"; }

# subnet_taken: does the machine itself, or another lab, already use these addresses?
subnet_taken() {
  local own=none net
  # Our own cable is no fault; one of the same subnet that another lab put there is.
  [ "$(cat "$HC_LAB_STATE/subnet" 2>/dev/null)" != "$HC_LAB_SUBNET" ] || own=$UPLINK
  net=$(printf '%s' "$HC_LAB_SUBNET" | sed 's/\./\\./')
  ip -4 -o addr show | grep -v " $own " | grep -qE "inet $net\\." ||
    ip -4 route show | grep -v -e "dev $own" -e '^unreachable' | grep -qE "^$net\\."
}

network_is_up() {
  [ -e "/run/netns/$SWITCH_NS" ] && [ -e "/run/netns/$CONTROL_NS" ] &&
    ip -n "$SWITCH_NS" link show br0 >/dev/null 2>&1 && ip link show "$UPLINK" >/dev/null 2>&1
}

# network_up: switch, control and the way to the machine.
network_up() {
  ! network_is_up || return 0
  # Under running hosts nothing is pulled away.
  if lab_is_up; then die "The lab's network is not whole any more: something else removed a part of it. Run 'bin/lab down' and 'bin/lab up'."; fi
  ! subnet_taken || die "Something already uses addresses in $HC_LAB_SUBNET.0.0/16. Set HC_LAB_SUBNET to two other octets, for example HC_LAB_SUBNET=10.99."
  network_down
  # Whatever happens, no packet meant for the lab leaves the machine.
  ip route replace unreachable "$HC_LAB_SUBNET.0.0/16" metric 4000 &&
    ip netns add "$SWITCH_NS" &&
    ip -n "$SWITCH_NS" link set lo up &&
    ip -n "$SWITCH_NS" link add br0 type bridge forward_delay 0 mcast_snooping 0 &&
    ip -n "$SWITCH_NS" link set br0 address "$(mac_address 254)" &&
    ip -n "$SWITCH_NS" addr add "$WITNESS_ADDRESS/24" dev br0 &&
    ip -n "$SWITCH_NS" link set br0 up &&
    ip netns add "$CONTROL_NS" &&
    ip -n "$CONTROL_NS" link set lo up &&
    port_add control "$CONTROL_NS" "$(mac_address 1)" "$CONTROL_ADDRESS" &&
    ip link add "$UPLINK" type veth peer name machine netns "$CONTROL_NS" &&
    ip -n "$CONTROL_NS" addr add "$TRANSIT_ADDRESS/30" dev machine &&
    ip -n "$CONTROL_NS" link set machine up &&
    ip addr add "$MACHINE_ADDRESS/30" dev "$UPLINK" &&
    ip link set "$UPLINK" up &&
    ip route replace "$HC_LAB_SUBNET.0.0/24" via "$TRANSIT_ADDRESS" src "$MACHINE_ADDRESS" &&
    forwarding_on "$CONTROL_NS" &&
    in_switch ip route replace "$TRANSIT_NET" via "$CONTROL_ADDRESS"
}

# port_add PORT NAMESPACE MAC ADDRESS: a cable from the switch to eth0 of that namespace.
port_add() {
  ip -n "$SWITCH_NS" link show "$1" >/dev/null 2>&1 && ip -n "$SWITCH_NS" link del "$1"
  ip -n "$SWITCH_NS" link add "$1" type veth peer name eth0 address "$3" netns "$2" &&
    ip -n "$SWITCH_NS" link set "$1" master br0 &&
    ip -n "$SWITCH_NS" link set "$1" up &&
    ip -n "$2" addr add "$4/24" dev eth0 &&
    ip -n "$2" link set eth0 up &&
    ip -n "$2" route replace default via "$WITNESS_ADDRESS"
}

# host_network_up HOST: a fresh namespace, as after a boot: no rules, no bridges left from before.
host_network_up() {
  local ns
  ns=$(host_namespace "$1")
  host_network_down "$1"
  ip netns add "$ns" &&
    ip -n "$ns" link set lo up &&
    port_add "$1" "$ns" "$(mac_address "1${1#nuc}")" "$(host_address "$1")" &&
    forwarding_on "$ns" &&
    ip -n "$ns" route replace "$TRANSIT_NET" via "$CONTROL_ADDRESS"
}
# forwarding_on NAMESPACE: as net.ipv4.ip_forward=1 in /etc/sysctl.d does. Where docker has to switch it on itself, docker also
# drops whatever else is forwarded, and the published ports of podman are shut.
forwarding_on() { nsenter --net="/run/netns/$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'; }
host_network_down() {
  ip -n "$SWITCH_NS" link del "$1" 2>/dev/null
  ip netns del "$(host_namespace "$1")" 2>/dev/null
  return 0
}
# The cable is out at once: the kernel of a dead host would still answer pings.
host_link_down() { ip -n "$SWITCH_NS" link set "$1" down 2>/dev/null || :; }

network_down() {
  local ns
  # The cable and the routes of this subnet are ours only if this lab had the subnet.
  if [ "$(cat "$HC_LAB_STATE/subnet" 2>/dev/null)" = "$HC_LAB_SUBNET" ]; then
    ip link del "$UPLINK" 2>/dev/null
    ip route del unreachable "$HC_LAB_SUBNET.0.0/16" metric 4000 2>/dev/null
  fi
  for ns in /run/netns/"$HC_LAB_NAME"-nuc[1-9] "/run/netns/$CONTROL_NS" "/run/netns/$SWITCH_NS"; do
    [ ! -e "$ns" ] || ip netns del "${ns##*/}" 2>/dev/null || { umount -l "$ns" 2>/dev/null; rm -f "$ns"; }
  done
  return 0
}

# --- cuts and losses ---------------------------------------------------------------------------------------------------
# $HC_LAB_STATE/cuts holds one "FROM TO" a line: frames from the one do not reach the other.
# $HC_LAB_STATE/hosts/HOST/net holds "LOSS DELAY": percent and milliseconds, each way.

cut_members() {
  host_names
  printf 'control\nwitness\n'
}

# cut_lines HOST [PEER] [one-way]: what is to stand in the file for that cut.
cut_lines() {
  local peer
  for peer in $(if [ -n "${2:-}" ]; then printf '%s\n' "$2"; else cut_members; fi); do
    [ "$peer" != "$1" ] || continue
    printf '%s %s\n' "$peer" "$1"
    [ -n "${3:-}" ] || printf '%s %s\n' "$1" "$peer"
  done
}

cut_add() {
  local file=$HC_LAB_STATE/cuts
  { cat "$file" 2>/dev/null; cut_lines "$@"; } | sort -u >"$file.new" && mv "$file.new" "$file" && switch_rules
}

# cut_remove HOST|all [PEER]
cut_remove() {
  local file=$HC_LAB_STATE/cuts
  [ -f "$file" ] || return 0
  awk -v a="$1" -v b="${2:-}" '
    a == "all" { next }
    b == "" && ($1 == a || $2 == a) { next }
    b != "" && (($1 == a && $2 == b) || ($1 == b && $2 == a)) { next }
    { print }' "$file" >"$file.new" && mv "$file.new" "$file" && switch_rules
}

# switch_rules: writes the whole set of rules in one transaction. The witness is the switch itself, so what is meant for
# it or comes from it is input and output; everything else is forwarded.
switch_rules() {
  local from to host loss
  (
    # The last one to write has read everything that was decided before.
    flock 6
    {
      printf 'table bridge lab\ndelete table bridge lab\ntable bridge lab {\n'
      printf ' chain input {\n  type filter hook input priority 0; policy accept;\n'
      cuts_each | while read -r from to; do
        [ "$to" != witness ] || printf '  iifname "%s" drop\n' "$from"
      done
      losses_each | while IFS=' ' read -r host loss; do printf '  iifname "%s" %s drop\n' "$host" "$loss"; done
      printf ' }\n chain output {\n  type filter hook output priority 0; policy accept;\n'
      cuts_each | while read -r from to; do
        [ "$from" != witness ] || printf '  oifname "%s" drop\n' "$to"
      done
      losses_each | while IFS=' ' read -r host loss; do printf '  oifname "%s" %s drop\n' "$host" "$loss"; done
      printf ' }\n chain forward {\n  type filter hook forward priority 0; policy accept;\n'
      cuts_each | while read -r from to; do
        [ "$from" = witness ] || [ "$to" = witness ] || printf '  iifname "%s" oifname "%s" drop\n' "$from" "$to"
      done
      losses_each | while IFS=' ' read -r host loss; do printf '  iifname "%s" %s drop\n  oifname "%s" %s drop\n' "$host" "$loss" "$host" "$loss"; done
      printf ' }\n}\n'
    } | in_switch nft -f -
  ) 6>"$HC_LAB_STATE/switch.lock" || die "The switch did not take the rules. Look at 'ip netns exec $SWITCH_NS nft list ruleset'."
}
cuts_each() { cat "$HC_LAB_STATE/cuts" 2>/dev/null; }
# losses_each: "HOST CONDITION" a line, the condition under which a frame is lost.
losses_each() {
  local host loss delay
  for host in $(host_names); do
    read -r loss delay 2>/dev/null <"$(host_dir "$host")/net" || continue
    awk -v h="$host" -v p="$loss" 'BEGIN {
      n = int(p * 100 + 0.5) # hundredths of a percent
      if (n >= 10000) print h " "; else if (n > 0) print h " numgen random mod 10000 < " n " "
    }'
  done
}
