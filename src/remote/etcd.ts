// A member of etcd on a host, as a unit of hc's own: how it is looked at, installed, written, started and taken away.

import type { EtcdLook, Member, Pair } from '../model/control-group.js'
import { assert } from '../model/errors.js'
import type { Millis } from '../model/names.js'
import { LEFT, undone } from './done.js'
import { type Guard, guarded, ID } from './guard.js'
import { PROLOGUE, STATE_FOLDER, UNIT_FOLDER } from './layout.js'
import { printableLine } from './printable.js'
import { quote } from './quote.js'
import { behind, linesBetween } from './text.js'

/** No slot's unit can be called so: those have a dot before their number. */
export const ETCD_UNIT = 'hc-etcd.service'
/** Its configuration, certificates and data. */
export const ETCD_FOLDER = `${STATE_FOLDER}/etcd`
/** Ports of etcd: of clients, of its other members. */
export const CLIENT_PORT = 2379
export const PEER_PORT = 2380
/** How long looking, installing from the distribution, and writing with a start may take, ms. */
export const LOOK_MS: Millis = 15_000
export const INSTALL_MS: Millis = 300_000
export const SET_UP_MS: Millis = 60_000

const HEAD = 'hc-etcd 1'
const END = 'hc-etcd-end'

/** A member, and the etcd that it joins. */
export interface EtcdPlan {
  readonly own: Member
  /** All of them, its own too. */
  readonly members: readonly Member[]
  /** `new`: all begin together; `existing`: it joins those that run. */
  readonly state: 'new' | 'existing'
  /** Id of the cluster. */
  readonly cluster: string
  /** Of this beginning: members do not talk to those of another one, so that none mixes with what an earlier etcd left on a host. */
  readonly token: string
  /** Path of the program on the host, and `uname -m` there. */
  readonly program: string
  readonly machine: string
}

/** `https://192.168.1.11:2380`. */
export function etcdUrl(address: string, port: number): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** Members as etcd is told of them when it begins. */
export function initialCluster(members: readonly Member[]): string {
  const all = members.map(({ name, address }) => `${name}=${etcdUrl(address, PEER_PORT)}`)
  return all.sort().join(',')
}

/** etcd.yml. Strings are written as JSON has them, which YAML reads alike. */
export function etcdConfig({ own, members, state, token }: EtcdPlan): string {
  const [client, peer] = [etcdUrl(own.address, CLIENT_PORT), etcdUrl(own.address, PEER_PORT)]
  const here = etcdUrl('127.0.0.1', CLIENT_PORT)
  const security = (kind: string) => `${kind}-transport-security:
  cert-file: "${ETCD_FOLDER}/member.pem"
  key-file: "${ETCD_FOLDER}/member.key"
  trusted-ca-file: "${ETCD_FOLDER}/ca.pem"
  client-cert-auth: true
`
  const lines: readonly (readonly [key: string, value: string])[] = [
    ['name', own.name],
    ['data-dir', `${ETCD_FOLDER}/data`],
    ['listen-client-urls', own.address === '127.0.0.1' ? here : `${client},${here}`],
    ['advertise-client-urls', client],
    ['listen-peer-urls', peer],
    ['initial-advertise-peer-urls', peer],
    ['initial-cluster', initialCluster(members)],
    ['initial-cluster-state', state],
    ['initial-cluster-token', token],
    ['auto-compaction-mode', 'periodic'],
    ['auto-compaction-retention', '1h'],
  ]
  const text = lines.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join('')
  // With a file of settings etcd 3.4 leaves its JSON gateway, which hc speaks to, switched off unless it is named.
  const switches = 'strict-reconfig-check: true\nenable-grpc-gateway: true\n'
  return `# Written by hc control add.\n${text}${switches}${security('client')}${security('peer')}`
}

/** The unit. It runs as root without any of root's powers, so that nobody else has to be let into hc's folder. */
export function etcdUnitText({ cluster, program, machine }: EtcdPlan): string {
  assert(ID.test(cluster), `the cluster id "${cluster}" is none`)
  assert(/^\/[A-Za-z0-9/._-]+$/.test(program), `${program} is no path of a program`)
  // etcd 3.4 refuses to run on anything but amd64 unless it is told that this is meant.
  const arch = machine === 'aarch64' ? 'Environment=ETCD_UNSUPPORTED_ARCH=arm64\n' : ''
  return `# Written by hc control add; hc control remove takes it away.
[Unit]
Description=hc: a member of the etcd that holds the store
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0
X-Hc-Cluster=${cluster}

[Service]
Type=notify
ExecStart=${program} --config-file=${ETCD_FOLDER}/etcd.yml
${arch}# It is ready when a majority is.
TimeoutStartSec=infinity
Restart=always
RestartSec=1
LimitNOFILE=65536
OOMScoreAdjust=-900
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ReadWritePaths=${ETCD_FOLDER}/data

[Install]
WantedBy=multi-user.target
`
}

/** Prints what the host has of etcd; changes nothing. */
export function etcdLookScript(): string {
  return `${PROLOGUE}D=${ETCD_FOLDER} U=${UNIT_FOLDER}/${ETCD_UNIT}
read -r boot </proc/sys/kernel/random/boot_id
now
printf '%s\\n' '${HEAD}' "boot $boot" "uptime $now" "machine $(uname -m)"
p=$(command -v etcd 2>/dev/null) && printf 'program %s\\n' "$p" && timeout 5 "$p" --version 2>/dev/null | sed -n 's/^etcd Version: */version /p'
for m in apt-get dnf pacman; do
  if command -v $m >/dev/null 2>&1; then echo "manager $m"; break; fi
done
u=
if [ -e "$U" ]; then
  u=$(systemctl is-active ${ETCD_UNIT} 2>/dev/null)
  printf 'unit %s\\n' "\${u:-unknown}"
  sed -n 's/^X-Hc-Cluster=/cluster /p' "$U"
fi
[ ! -d "$D/data/member" ] || echo data
case $u in
(active | activating) ;;
(*) command -v ss >/dev/null 2>&1 && ss -Hltn 2>/dev/null | sed -n 's/^LISTEN *[0-9]* *[0-9]* *[^ ]*:\\(${CLIENT_PORT}\\|${PEER_PORT}\\) .*/taken \\1/p' | sort -u ;;
esac
df -Pk /var/lib 2>/dev/null | { read -r h; read -r a b c k rest; printf 'free %s\\n' "$k"; }
if command -v ufw >/dev/null 2>&1 && timeout 5 ufw status 2>/dev/null | grep -q '^Status: active'; then echo 'firewall ufw'
elif [ "$(systemctl is-active firewalld 2>/dev/null)" = active ]; then echo 'firewall firewalld'; fi
[ ! -r "$D/member.pem" ] || sed 's/^/pem /' "$D/member.pem"
[ ! -r "$D/etcd.yml" ] || sed -n -e 's/^initial-cluster: "\\(.*\\)"$/initial \\1/p' -e 's/^initial-cluster-token: "\\(.*\\)"$/token \\1/p' "$D/etcd.yml"
printf '%s\\n' '${END}'
`
}

/** Reads the answer; null where it is cut. */
export function parseEtcdLook(output: string): EtcdLook | null {
  const said = linesBetween(output, HEAD, END)
  if (said === null) return null
  const all = (word: string) => behind(said, word)
  const one = (word: string, shape: RegExp): string | null => {
    const [value] = all(word)
    return value !== undefined && shape.test(value) ? value : null
  }
  const known = <T extends string>(word: string, values: readonly T[]): T | null =>
    values.find((value) => value === all(word)[0]) ?? null
  const free = one('free', /^\d{1,15}$/)
  const pem = all('pem')
  return {
    bootId: one('boot', /^[0-9a-f-]{36}$/) ?? '',
    uptimeMs: Number(one('uptime', /^\d{1,13}$/) ?? 0) * 10,
    program: one('program', /^\/[A-Za-z0-9/._-]{1,200}$/),
    version: one('version', /^\d+\.\d+\.\d+[A-Za-z0-9.+~-]{0,40}$/),
    machine: one('machine', /^[A-Za-z0-9_-]{1,40}$/) ?? '',
    manager: known('manager', ['apt-get', 'dnf', 'pacman']),
    unit: one('unit', /^[a-z-]{1,20}$/),
    cluster: one('cluster', ID),
    data: said.includes('data'),
    taken: all('taken').map(Number),
    freeBytes: free === null ? null : Number(free) * 1024,
    firewall: known('firewall', ['ufw', 'firewalld']),
    certificate: pem.length === 0 ? null : `${pem.join('\n')}\n`,
    initial: one('initial', /^[\x21-\x7e]{1,1000}$/),
    token: one('token', ID),
  }
}

/**
 * Installs etcd from the distribution's package where it is missing. The package's own unit would start at once, on the same
 * ports: it is masked until then, and not enabled afterwards.
 */
export function etcdInstallScript(): string {
  return `${PROLOGUE}printf '%s\\n' '${HEAD}'
have() { command -v etcd >/dev/null 2>&1; }
if ! have; then
  systemctl mask --runtime etcd.service >/dev/null 2>&1
  export DEBIAN_FRONTEND=noninteractive
  if command -v apt-get >/dev/null 2>&1; then
    get() { timeout 200 apt-get -o DPkg::Lock::Timeout=60 -qq -y --no-install-recommends install etcd-server; }
    old() { timeout 200 apt-get -o DPkg::Lock::Timeout=60 -qq -y --no-install-recommends install etcd; }
    said=$(get 2>&1) || { timeout 90 apt-get -qq update >/dev/null 2>&1; said=$(get 2>&1 || old 2>&1); }
  elif command -v dnf >/dev/null 2>&1; then said=$(timeout 280 dnf -q -y install etcd 2>&1)
  elif command -v pacman >/dev/null 2>&1; then said=$(timeout 280 pacman -S --noconfirm --needed etcd 2>&1)
  else said='there is neither apt-get, dnf nor pacman'; fi
  systemctl unmask --runtime etcd.service >/dev/null 2>&1
  timeout 20 systemctl disable etcd.service >/dev/null 2>&1
  hash -r
fi
if have; then echo installed; else printf 'failed %s\\n' "$(printf %s "$said" | tail -n 3 | tr '\\n' ' ' | cut -c 1-500)"; fi
printf '%s\\n' '${END}'
`
}

/** null: it is there; else why it is not. */
export function parseEtcdInstall(output: string): string | null {
  const said = linesBetween(output, HEAD, END)
  if (said === null) return 'its answer was cut: whether it was installed is not known'
  if (said.includes('installed')) return null
  const failed = said.find((line) => line.startsWith('failed '))
  return failed === undefined ? 'its answer makes no sense' : printableLine(failed.slice(7)) || 'no reason was given'
}

const DONE = 'etcd-done'
const ASIDE = /^removed-[0-9TZ]{1,30}$/
/** So many folders of data that was put aside are kept. */
const KEPT_ASIDE = 3

/** Name of a folder for data that is put aside at that time. */
export function asideName(stamp: string): string {
  return `removed-${stamp}`
}

/**
 * Writes a member and starts it; its certificate is read anew by a running one, which is only restarted where the authority,
 * its configuration or its unit changed. Keys are in the script, which goes over stdin, and in no argument: printf is a word of the shell itself.
 * `aside`: a folder beside it that what data is there is put into, since it is of a member of another etcd; null: it stays. Once its
 * configuration is gone, nobody goes on with it.
 */
export function etcdSetUpScript(
  guard: Guard,
  plan: EtcdPlan,
  tls: { readonly ca: string } & Pair,
  aside: string | null,
): string {
  assert(aside === null || ASIDE.test(aside), `${aside} is no name of a folder`)
  const put = (path: string, text: string) =>
    `put ${quote(path)} ${quote(text)} || { printf '${LEFT}%s\\n' ${quote(`${path} cannot be written`)}; return; }`
  const body = `D=${ETCD_FOLDER} U=${UNIT_FOLDER}/${ETCD_UNIT} new=
umask 077
mkdir -p "$D" || { printf '${LEFT}%s\\n' '${ETCD_FOLDER} cannot be made'; return; }
${
  aside === null
    ? ':'
    : `timeout 30 systemctl stop ${ETCD_UNIT} >/dev/null 2>&1 9>&- || systemctl kill -s KILL ${ETCD_UNIT} >/dev/null 2>&1 9>&-
rm -f "$D/etcd.yml"
if [ -d "$D/data/member" ]; then
  rm -f "$D/data/member/wal/"*.tmp
  mv "$D/data" "$D/${aside}" || { printf '${LEFT}%s\\n' 'what is in ${ETCD_FOLDER}/data cannot be put aside'; return; }
fi
printf '%s\\n' "$D"/removed* | sort -r | tail -n +${KEPT_ASIDE + 1} | while IFS= read -r f; do rm -rf -- "$f"; done`
}
mkdir -p "$D/data"
${put(`${ETCD_FOLDER}/ca.pem`, tls.ca)}
${put(`${ETCD_FOLDER}/member.pem`, tls.cert)}
${put(`${ETCD_FOLDER}/member.key`, tls.key)}
${put(`${ETCD_FOLDER}/etcd.yml`, etcdConfig(plan))}
umask 022
${put(`${UNIT_FOLDER}/${ETCD_UNIT}`, etcdUnitText(plan))}
timeout 20 systemctl daemon-reload 9>&-
timeout 20 systemctl enable ${ETCD_UNIT} >/dev/null 2>&1 9>&-
case $new in
(*ca.pem* | *etcd.yml* | *.service*) verb=restart ;;
(*) verb=start ;;
esac
if said=$(timeout 20 systemctl $verb --no-block ${ETCD_UNIT} 2>&1 9>&-); then echo ${DONE}
else printf '${LEFT}%s\\n' "$(printf %s "$said" | head -n 1 | cut -c 1-300)"; fi`
  // Whatever is the same stays as it is; what is not is written aside and renamed.
  const functions = `
put() {
  printf %s "$2" >"$1.new" || return 1
  if cmp -s "$1.new" "$1"; then rm -f "$1.new"; else mv -f "$1.new" "$1" && new="$new $1"; fi
}
`
  return guarded(guard, functions, body)
}

/** Stops the member and takes all of it away: unit, certificates, data. Can be said twice. */
export function etcdRemoveScript(guard: Guard): string {
  const body = `timeout 40 systemctl disable --now ${ETCD_UNIT} >/dev/null 2>&1 9>&-
[ "$(systemctl is-active ${ETCD_UNIT} 2>/dev/null 9>&-)" != active ] || { printf '${LEFT}%s\\n' '${ETCD_UNIT} will not stop'; return; }
rm -f ${UNIT_FOLDER}/${ETCD_UNIT}
rm -rf ${ETCD_FOLDER}
timeout 20 systemctl daemon-reload 9>&-
echo ${DONE}`
  return guarded(guard, '', body)
}

/** null: it was done; else why not. */
export function parseEtcdDone(output: string): string | null {
  return undone(output, DONE)[0] ?? null
}

/** The last lines of the member's journal, for a person. */
export function etcdJournalScript(): string {
  return `${PROLOGUE}timeout 5 journalctl -u ${ETCD_UNIT} -n 5 --no-pager -o cat 2>/dev/null | cut -c 1-300\n`
}
