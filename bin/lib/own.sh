# What the scripts that need a lab of their own share: its name and subnet, root, and leaving a checkout to its owner.

# own_lab NAME: unless one is named already. Before lab.sh.
own_lab() {
  OWN_LAB= SUBNET_GIVEN=${HC_LAB_SUBNET:-}
  [ -n "${HC_LAB_NAME:-}" ] || { HC_LAB_NAME=$1 OWN_LAB=yes; }
}

# as_root_again SCRIPT ARGS...: by sudo where it asks no password; else it goes on as it is.
as_root_again() {
  [ "$(id -u)" -ne 0 ] && command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null || return 0
  exec env ${OWN_LAB:+-u HC_LAB_NAME} sudo -n --preserve-env=CI,NO_COLOR,HC_ANSIBLE,HC_LAB_DIR,HC_LAB_NAME,HC_LAB_SUBNET,HC_LAB_STATE,HC_LAB_DISK sh "$@"
}

# choose_subnet: the first that is free, unless one is given or the lab has one. After lab.sh.
choose_subnet() {
  local n
  [ -z "$SUBNET_GIVEN" ] && have ip && [ ! -d "$HC_LAB_STATE" ] || return 0
  for n in 76 75 74 73 72 71 70; do
    HC_LAB_SUBNET=10.$n
    subnet_taken || break
  done
  # The addresses follow from it.
  . "$LIB/network.sh"
}

# give_back: what root made in a user's checkout belongs to the user.
give_back() {
  local made
  [ "$(id -u)" -eq 0 ] && [ "$(stat -c %u "$ROOT")" != 0 ] || return 0
  for made in node_modules dist coverage; do
    [ ! -e "$ROOT/$made" ] || chown -R --reference="$ROOT" "$ROOT/$made"
  done
}
