# Node: the machine's own where it is new enough; else one in the cache, from npm's node packages. The system's Node, if there
# is one, is never replaced.

NODE_WANTED='20.19'
NODE_CACHE=$HC_LAB_DIR/node

# new_enough VERSION: like v20.20.2 or 20.19.2+dfsg-1
new_enough() {
  local major minor
  major=${1#v} && minor=${major#*.} && major=${major%%.*} && minor=${minor%%[!0-9]*}
  case $major$minor in '' | *[!0-9]*) return 1 ;; esac
  [ "$major" -gt "${NODE_WANTED%.*}" ] || { [ "$major" -eq "${NODE_WANTED%.*}" ] && [ "$minor" -ge "${NODE_WANTED#*.}" ]; }
}

node_is_here() { have node && have npm && new_enough "$(node --version 2>/dev/null)"; }
node_is_cached() { [ -f "$NODE_CACHE/done" ] && new_enough "$("$NODE_CACHE/bin/node" --version 2>/dev/null)"; }

# What apt would give: some releases of Debian have a Node that is new enough.
node_in_apt() { new_enough "$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: \([^(]\)/\1/p')"; }

# preflight_node: can a Node be had at all?
preflight_node() {
  node_is_here || node_is_cached || have npm || [ "$(id -u)" -eq 0 ] && return 0
  fault "There is no Node $NODE_WANTED or later and no npm to fetch one with. As root this command brings it by itself; otherwise install it and run this again."
}

# node_ready: afterwards node and npm on the PATH are good.
node_ready() {
  if node_is_cached; then PATH=$NODE_CACHE/bin:$PATH; fi
  ! node_is_here || return 0
  if [ "$(id -u)" -eq 0 ] && ! have npm; then
    apt_indexed || apt_update
    # Debian's npm needs Debian's node beside it.
    apt_need nodejs npm
    ! node_is_here || return 0
  fi
  have npm || die "There is no npm to fetch Node $NODE_WANTED with. Install Node $NODE_WANTED or later and run this again."
  node_fetch
  PATH=$NODE_CACHE/bin:$PATH
  node_is_here || die "The Node in $NODE_CACHE does not run. Remove that folder and run this again."
}

node_fetch() {
  local work machine
  case $(uname -m) in x86_64) machine=x64 ;; *) machine=arm64 ;; esac
  say "Fetching Node into $NODE_CACHE (the machine's own stays as it is)."
  mkdir -p "$HC_LAB_DIR"
  work=$(mktemp -d "$HC_LAB_DIR/node.XXXXXX")
  (
    cd "$work" &&
      npm pack --silent "node-linux-$machine@>=$NODE_WANTED <21" 'npm@10' >/dev/null &&
      mkdir -p bin npm &&
      tar -xzf node-linux-*.tgz --strip-components=1 package/bin/node &&
      tar -xzf npm-*.tgz --strip-components=1 -C npm &&
      rm -f ./*.tgz &&
      chmod 755 bin/node &&
      for name in npm npx; do
        printf '#!/bin/sh\nhere=${0%%/*}\nexec "$here/node" "$here/../npm/bin/%s-cli.js" "$@"\n' "$name" >"bin/$name" && chmod 755 "bin/$name" || exit 1
      done && : >done
  ) || {
    rm -rf "$work"
    die "npm could not fetch Node; its message stands above. Mend the network, or install Node $NODE_WANTED or later, and run this again."
  }
  # Others may read it too.
  chmod 755 "$work"
  rm -rf "$NODE_CACHE"
  mv "$work" "$NODE_CACHE"
  INSTALLED="$INSTALLED node@$("$NODE_CACHE/bin/node" --version)(in $NODE_CACHE)"
}

# packages_ready: node_modules as package-lock.json says.
packages_ready() {
  if [ -f node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]; then return 0; fi
  # npm empties it before it fills it: of a link that would be the packages of another checkout.
  [ ! -L node_modules ] || die "node_modules is a link, and its packages are not those of package-lock.json. Install them where it leads, or remove the link."
  say "Installing the packages of package-lock.json (npm ci)."
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || die "npm ci failed; its message stands above."
  INSTALLED="$INSTALLED node_modules"
}
