// The part of the lease's script that asks the voters: does this host reach more than half of them?

// One ping loses too often on a bad network: one each twentieth of a second, and the first answer ends it; where the way is
// slow, only those of the first moments can be answered in time. A look that sat out
// its whole bound though all had answered was late wherever the host had much to do. Only the ping of iputils ends so; an
// error that a router sends ends it too, and is no answer yet. Others send three, which takes half the bound.
/** Shell functions `rules` and `majority`; expects $A, the folder of what is armed, `say`, and KNOCK. */
export const LOOK = `
rules() {
  id= look=150 stop=500 fence=y voters=0 away=1300
  while read -r kind a b c d e f; do
    case $kind in (rules) id=$a look=$d stop=$e fence=$f away=$b+$e ;; (voter) voters=$((voters + 1)) ;; esac
  done
  case $look$stop in (*[!0-9]*) look=150 stop=500 ;; esac
  case $away in (*[!0-9+]* | +* | *+) away=1300 ;; (*) away=$(($away)) ;; esac
  [ -n "$id" ]
} <$A/rules 2>/dev/null
answers() {
  if [ "$3" = y ] && [ "$2" != - ] && knock "$1" "$2"; then return 0; fi
  if command -v ping >/dev/null 2>&1; then
    case $(ping -V 2>&1) in (*iputils*) timeout -s INT "$bound" ping -n -q -c 1 -w "$whole" -i 0.05 "$1" >/dev/null 2>&1 && return 0 ;; esac
    x=$(timeout -s INT "$bound" ping -n -q -c 3 -i 0.2 -W 1 "$1" 2>&1) && return 0
    case $x in
      (*' 0 received'* | *' 0 packets received'*) return 1 ;;
      (*' received'*) return 0 ;;
      (*sage:* | *nvalid*) timeout "$bound" ping -c 1 -W "$whole" "$1" >/dev/null 2>&1; return ;;
    esac
  fi
  [ "$3" != y ] && [ "$2" != - ] && knock "$1" "$2"
}
# Prints the hardware addresses of the neighbour entries of an address.
neighbour() {
  if x=$(ip neigh show to "$1"); then
    say "$x" | while read -r line; do
      case $line in (*' lladdr '*) line=\${line#*' lladdr '}; say "\${line%% *}" ;; esac
    done
    return
  fi
  while read -r address kind flags mac rest; do
    if [ "$address" = "$1" ] && [ "$flags" != 0x0 ]; then say "$mac"; fi
  done </proc/net/arp
} 2>/dev/null
# Is it the voter that answered? By its hardware address; on another network by what was seen when the host was armed.
known() {
  seen=$(neighbour "$2" | tr A-F a-f)
  if [ -z "$seen" ]; then
    while read -r x; do [ "$x" != "$1" ] || return 0; done <$A/proven
    return 1
  fi
  for x in $seen; do case ",$3," in (*",$x,"*) ;; (*) return 1 ;; esac; done
} 2>/dev/null
ask() { if answers "$2" "$3" "$5" && known "$1" "$2" "$4"; then say yes; else say no; fi; }
# More than half of all voters, the host itself among them?
majority() {
  rules || return 1
  bound=$((look / 100)).$((look / 10 % 10))$((look % 10)) whole=$(((look + 99) / 100))
  timeout "$bound" true 2>/dev/null || bound=$whole
  {
    while read -r kind name address port macs tcp rest; do
      if [ "$kind" = voter ]; then ask "$name" "$address" "$port" "$macs" "$tcp" & fi
    done <$A/rules
    { sleep "$bound" >/dev/null; sleep 0.1 >/dev/null; say late; } &
  } 2>/dev/null | {
    yes=1 no=0
    while [ $((yes * 2)) -le $((voters + 1)) ]; do
      [ $no -lt $voters ] && read -r x || exit 1
      case $x in (yes) yes=$((yes + 1)) ;; (no) no=$((no + 1)) ;; (*) exit 1 ;; esac
      [ $(((voters + 1 - no) * 2)) -gt $((voters + 1)) ] || exit 1
    done
    exit 0
  }
}
`
