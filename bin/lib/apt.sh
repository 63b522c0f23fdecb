# Packages from apt: only what is missing, with the machine's own sources, and always said.

INSTALLED=

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any "$@" </dev/null
}

# apt_indexed: are there package lists that know Debian's own archive?
apt_indexed() { [ -n "$(apt_sources 2>/dev/null)" ]; }

APT_UPDATED=
apt_update() {
  [ -z "$APT_UPDATED" ] || return 0
  say "Reading the package lists (apt-get update)."
  apt_get update >&2 || die "apt-get update failed. Mend /etc/apt/sources.list or the network, then run this again."
  APT_UPDATED=1
}

# apt_need PACKAGE...: installs those that are missing, without what they merely recommend.
apt_need() {
  local p missing=
  for p; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^.i' || missing="$missing $p"
  done
  [ -n "$missing" ] || return 0
  apt_update
  say "Installing by apt:$missing"
  # shellcheck disable=SC2086
  apt_get install --no-install-recommends -y $missing >&2 ||
    die "apt-get could not install$missing. Its message stands above; mend it and run this again."
  INSTALLED="$INSTALLED$missing"
}

# apt_knows PACKAGE: is there such a package to install?
apt_knows() { apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'; }

debian_codename() {
  # shellcheck disable=SC1091
  (. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}")
}

# apt_sources: the lines of a sources.list with Debian's own archives of this release, as this machine reaches them,
# whether it writes them in one-line or deb822 style. Other people's archives are left out.
apt_sources() {
  local name uri suite codename component trusted
  name=$(debian_codename)
  apt-get indextargets --format '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(CODENAME)|$(COMPONENT)|$(TRUSTED)' 'Created-By: Packages' |
    sort -u | while IFS='|' read -r origin uri suite codename component trusted; do
    [ "$origin" = Debian ] && [ "$component" = main ] || continue
    case $codename in "$name" | "$name-updates" | "$name-security") ;; *) continue ;; esac
    case $trusted in yes) trusted='[trusted=yes] ' ;; *) trusted= ;; esac
    printf 'deb %s%s %s %s\n' "$trusted" "$uri" "$suite" "$component"
  done
}

# apt_settings: how this machine fetches (proxies, certificates, dates), as lines of an apt.conf.
apt_settings() {
  apt-config dump | grep -iE '^Acquire::((https?|ftp)(::|[[:space:]])|Check-|Retries|ForceIPv|Languages|Max-)' | grep -v ' "";$'
}
