# Ansible, which the tests compare hc's reading of inventories with: of one version, in the cache, from PyPI. The machine's own
# Ansible, if there is one, is neither used nor touched.

ANSIBLE_PACKAGES=$ROOT/test/spec/ansible/requirements.txt
ANSIBLE_CACHE=$HC_LAB_DIR/ansible

# The list of packages is kept with what was made of it, so that another list makes it anew.
ansible_is_cached() {
  cmp -s "$ANSIBLE_PACKAGES" "$ANSIBLE_CACHE/done" && "$ANSIBLE_CACHE/bin/python" -c 'import ansible, yaml' 2>/dev/null
}

# ansible_python: a Python that can make virtual environments with pip in them, of a version that Ansible runs on.
ansible_python() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    printf '%s\n' "$python"
    return 0
  done
  return 1
}

# ansible_ready: afterwards HC_ANSIBLE names the folder of its commands; without one it fails and has said why.
ansible_ready() {
  local python
  if [ -n "${HC_ANSIBLE:-}" ]; then
    [ -x "$HC_ANSIBLE/ansible-inventory" ] && return 0
    warn "HC_ANSIBLE is '$HC_ANSIBLE', but there is no ansible-inventory in it. Set it to the folder of Ansible's commands, or unset it."
    return 1
  fi
  if ! ansible_is_cached; then
    if ! python=$(ansible_python); then
      if [ "$(id -u)" -ne 0 ] || ! have apt-get; then
        warn "There is no Python 3.11 or later with venv and pip. As root this command brings it by itself; otherwise install python3-venv and run this again."
        return 1
      fi
      apt_indexed || apt_update
      apt_need python3-venv
      python=$(ansible_python) || {
        warn "The machine's Python is older than 3.11, on which Ansible does not run."
        return 1
      }
    fi
    ansible_fetch "$python" || return 1
  fi
  HC_ANSIBLE=$ANSIBLE_CACHE/bin
  export HC_ANSIBLE
}

# A virtual environment knows its own path, so it is made in its place; `done` comes last.
ansible_fetch() {
  say "Fetching Ansible into $ANSIBLE_CACHE (pip, as $ANSIBLE_PACKAGES says)."
  rm -rf "$ANSIBLE_CACHE"
  if ! { mkdir -p "$HC_LAB_DIR" && "$1" -m venv "$ANSIBLE_CACHE" &&
    "$ANSIBLE_CACHE/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --retries 3 --requirement "$ANSIBLE_PACKAGES" >&2; }; then
    rm -rf "$ANSIBLE_CACHE"
    warn "pip could not fetch Ansible; its message stands above. Mend the network and run this again."
    return 1
  fi
  # Others may use it too.
  chmod 755 "$ANSIBLE_CACHE"
  cp "$ANSIBLE_PACKAGES" "$ANSIBLE_CACHE/done"
  INSTALLED="$INSTALLED $(grep '^ansible-core' "$ANSIBLE_PACKAGES")(in $ANSIBLE_CACHE)"
}
