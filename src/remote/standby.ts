// A host as a control machine: the program, the inventory, certificates and a key of its own, and the loop as a unit.

import type { PackedPart, PackedProgram, ProgramForm, StandbyFile, StandbyLook } from '../model/control-group.js'
import { assert } from '../model/errors.js'
import type { Millis } from '../model/names.js'
import { LEFT, undone } from './done.js'
import { type Guard, guarded, REFUSED } from './guard.js'
import { PROLOGUE, STATE_FOLDER, UNIT_FOLDER } from './layout.js'
import { printableLine } from './printable.js'
import { base64, quote, words } from './quote.js'
import { behind, linesBetween } from './text.js'

/** Where a control machine that hc set up has its inventory; `.hc/` lies beside it. */
export const CONTROL_FOLDER = `${STATE_FOLDER}/control`
/** Where it has the program: `DIGEST/`, with `node` in it or the single executable, `hc`. */
export const PROGRAM_FOLDER = `${STATE_FOLDER}/program`
/** From the inventory's folder: certificates, the key for logging in, known hosts. */
export const OWN_FOLDER = '.hc/control'
/** The name of the host that it is itself: who is `ansible_connection: local` in the inventory is it by no other name. */
export const OWN_NAME = `${OWN_FOLDER}/host`
/** Digests of the inventory's files as they were brought there, with their paths: what is another one was edited there. */
export const SENT = `${OWN_FOLDER}/sent`
/** Names of the files elsewhere that were put there, a path on each line. */
export const SOURCES = `${OWN_FOLDER}/sources`
/** The command for a person there. */
const COMMAND = '/usr/local/bin/hc'
const LOOP = 'hc-reconcile.service'
/** How long looking, writing files, unpacking, and installing the loop may take, ms. */
export const STANDBY_MS: Millis = 60_000

const HEAD = 'hc-standby 1'
const END = 'hc-standby-end'
const DONE = 'standby-done'
const DIGEST = /^[0-9a-f]{64}$/

/** Prints what the host has of a control machine; changes nothing. `paths`: files elsewhere that are asked about. */
export function standbyLookScript(paths: readonly string[] = []): string {
  return `${PROLOGUE}D=${CONTROL_FOLDER} P=${PROGRAM_FOLDER} U=${UNIT_FOLDER}/${LOOP}
read -r boot </proc/sys/kernel/random/boot_id
now
printf '%s\\n' '${HEAD}' "boot $boot" "uptime $now" "machine $(uname -m)" "hostname $(uname -n)"
[ ! -r $P/digest ] || sed 's/^/program /' $P/digest
for f in $P/incoming/*; do
  [ -f "$f" ] || continue
  printf 'piece %s\\n' "$(sha256sum <"$f" | cut -c 1-64)"
done
if [ -e $U ]; then
  l=$(systemctl is-active ${LOOP} 2>/dev/null)
  printf 'loop %s\\n' "\${l:-unknown}"
  sed -n 's/^ExecStart=/runs /p' $U
fi
{
  find $D -path $D/.hc -prune -o -type f -exec sha256sum {} +
  find $D/${OWN_FOLDER} -type f -exec sha256sum {} +
  ${paths.length === 0 ? ':' : `sha256sum -- ${words(paths)}`}
} 2>/dev/null | sed 's/^/file /'
[ ! -r $D/${SOURCES} ] || sed 's/^/source /' $D/${SOURCES}
[ ! -r $D/${SENT} ] || sed 's/^/sent /' $D/${SENT}
k=$(sshd -T 2>/dev/null | sed -n 's/^hostkey //p')
for f in \${k:-/etc/ssh/ssh_host_*_key}; do
  [ ! -r "$f.pub" ] || { read -r a b rest <"$f.pub"; printf 'hostkey %s %s\\n' "$a" "$b"; }
done
[ ! -r $D/${OWN_FOLDER}/id.pub ] || sed 's/^/own /' $D/${OWN_FOLDER}/id.pub
printf '%s\\n' '${END}'
`
}

/** Reads the answer; null where it is cut. */
export function parseStandbyLook(output: string): StandbyLook | null {
  const said = linesBetween(output, HEAD, END)
  if (said === null) return null
  const one = (word: string, shape: RegExp): string | null => {
    const [value] = behind(said, word)
    return value !== undefined && shape.test(value) ? value : null
  }
  const files = behind(said, 'file').flatMap((line) => {
    const [, digest = '', path = ''] = /^([0-9a-f]{64}) [ *](\/.+)$/.exec(line) ?? []
    return digest === '' ? [] : [[printableLine(path), digest] as const]
  })
  return {
    bootId: one('boot', /^[0-9a-f-]{36}$/) ?? '',
    uptimeMs: Number(one('uptime', /^\d{1,13}$/) ?? 0) * 10,
    machine: one('machine', /^[A-Za-z0-9_-]{1,40}$/) ?? '',
    hostname: one('hostname', /^[A-Za-z0-9._-]{1,255}$/) ?? '',
    program: one('program', DIGEST),
    pieces: behind(said, 'piece').filter((piece) => DIGEST.test(piece)),
    loop: one('loop', /^[a-z-]{1,20}$/),
    loopOf: one('runs', /^.{1,2000}$/),
    files: Object.fromEntries(files),
    sources: behind(said, 'source'),
    sent: behind(said, 'sent').filter((line) => /^[0-9a-f]{64} \/./.test(line)),
    hostKeys: behind(said, 'hostkey').filter((key) => /^[a-z0-9@.-]{1,64} [A-Za-z0-9+/=]{40,4000}$/.test(key)),
    ownKey: one('own', PUBLIC_KEY),
  }
}

const PUBLIC_KEY = /^ssh-ed25519 [A-Za-z0-9+/]{60,80}={0,2} [A-Za-z0-9:._-]{1,120}$/

/** Takes one piece of the program on stdin. What has arrived is what was sent, or is not kept. */
export function pieceProgram(digest: string): { readonly prepare: string; readonly program: string } {
  assert(DIGEST.test(digest), 'a digest is hexadecimal')
  const folder = `${PROGRAM_FOLDER}/incoming`
  return {
    prepare: `umask 077; mkdir -p ${folder} || { echo 'hc-says: ${folder} cannot be made'; exit 1; }`,
    program: `f=${folder}/${digest}
cat >"$f.new" || exit 4
[ "$(sha256sum <"$f.new" | cut -c 1-64)" = ${digest} ] || { rm -f "$f.new"; exit 3; }
mv -f "$f.new" "$f"`,
  }
}

/** The program out of its pieces, tried once before it takes the place of the one before. */
export function unpackScript(
  guard: Guard,
  digest: string,
  form: ProgramForm,
  parts: readonly { readonly kind: PackedPart['kind']; readonly digests: readonly string[] }[],
): string {
  assert(
    [digest, ...parts.flatMap(({ digests }) => digests)].every((each) => DIGEST.test(each)),
    'digests are hexadecimal',
  )
  const unpack = parts.map(({ kind, digests }) => {
    const pieces = digests.map((each) => `$P/incoming/${each}`).join(' ')
    const into = kind === 'tar' ? 'tar -x -f - -C $N' : `cat >$N/${kind} && chmod 755 $N/${kind}`
    return `cat ${pieces} | gzip -d | ${kind === 'tar' ? into : `{ ${into}; }`} || { printf '${LEFT}%s\\n' 'the program cannot be unpacked: is the disk full?'; return; }`
  })
  const body = `P=${PROGRAM_FOLDER} N=${PROGRAM_FOLDER}/.new T=${PROGRAM_FOLDER}/${digest}
if [ ! -d $T ]; then
rm -rf $N && mkdir -p $N || { printf '${LEFT}%s\\n' '${PROGRAM_FOLDER} cannot be written'; return; }
${unpack.join('\n')}
said=$(timeout 20 ${startOf('$N', form)} --version 2>&1 9>&-) || { printf '${LEFT}%s\\n' "the program does not run here: $(printf %s "$said" | head -n 1 | cut -c 1-200)"; rm -rf $N; return; }
mv -f $N $T || return
fi
printf '%s\\n' ${digest} >$P/digest.new && mv -f $P/digest.new $P/digest
rm -rf $P/incoming
echo ${DONE}`
  return guarded(guard, '', body)
}

/** The words that start the program in its folder. */
function startOf(folder: string, form: ProgramForm): string {
  return form === 'single' ? `${folder}/hc` : `${folder}/node ${folder}/bin/run.js`
}

/** Programs that are not in use any more go. */
const TIDY = `for d in $P/*/; do
  d=\${d%/}
  [ "$d" = "$T" ] || rm -rf "$d"
done`

const PUT = `
put() {
  mkdir -p "\${1%/*}" && printf %s "$3" | base64 -d >"$1.hc-new" && chmod "$2" "$1.hc-new" || return 1
  if cmp -s "$1.hc-new" "$1"; then rm -f "$1.hc-new"; else mv -f "$1.hc-new" "$1"; fi
}
`

/** Writes files, each whole or not at all, and makes the key for logging in where there is none. `name`: what the key is called; `gone`: files that go. */
export function filesScript(
  guard: Guard,
  files: readonly StandbyFile[],
  name: string,
  gone: readonly string[] = [],
): string {
  const each = files.map(({ path, bytes, mode }) => {
    assert(/^0[0-7]{3}$/.test(mode), 'a mode is octal')
    return `put ${quote(path)} ${mode} ${quote(base64(bytes))} || { printf '${LEFT}%s\\n' ${quote(`${path} cannot be written`)}; return; }`
  })
  const sent = files.find(({ path }) => path === `${CONTROL_FOLDER}/${SENT}`)
  // Before any of them is there: killed in between, what is there already was not edited there.
  const first = sent ? `printf %s ${quote(base64(sent.bytes))} | base64 -d >>${sent.path}` : ':'
  const body = `O=${CONTROL_FOLDER}/${OWN_FOLDER}
mkdir -p $O || { printf '${LEFT}%s\\n' '${CONTROL_FOLDER} cannot be made'; return; }
${first} || return
${gone.map((path) => `rm -f ${quote(path)}`).join('\n')}
${each.join('\n')}
if [ ! -s $O/id ] || [ ! -s $O/id.pub ]; then
  rm -f $O/id $O/id.pub
  ssh-keygen -q -t ed25519 -N '' -C ${quote(name)} -f $O/id </dev/null >/dev/null 2>&1 || { printf '${LEFT}%s\\n' 'ssh-keygen makes no key: install the OpenSSH client'; return; }
fi
sed 's/^/own /' $O/id.pub
echo ${DONE}`
  return guarded(guard, PUT, body)
}

/** The public half of the host's own key, as `filesScript` tells it; null: it does not. */
export function ownKeyOf(output: string): string | null {
  const [key] = behind(output.split('\n'), 'own')
  return key !== undefined && PUBLIC_KEY.test(key) ? key : null
}

/** Lets keys in at a login, as that login, so that nothing is followed that only root may. Can be said twice. `gone`: names of keys that are taken out. */
export function authorizeScript(
  guard: Guard,
  user: string,
  keys: readonly string[],
  gone: readonly string[] = [],
): string {
  assert(
    keys.every((key) => PUBLIC_KEY.test(key)),
    'a public key is one line',
  )
  const add = keys.map((key) => {
    const [type = '', body = ''] = key.split(' ')
    return `grep -qF ${quote(`${type} ${body}`)} "$f" || printf '%s\\n' ${quote(key)} >>"$f" || exit 1`
  })
  const drop = gone.map(
    (name) =>
      `grep -v ${quote(` ${name.replaceAll('.', '\\.')}$`)} "$f" >"$f.hc-new"; cat "$f.hc-new" >"$f" && rm -f "$f.hc-new"`,
  )
  const inner = `umask 077
f=$HOME/.ssh/authorized_keys
mkdir -p "$HOME/.ssh" && touch "$f" || exit 1
[ ! -s "$f" ] || [ -z "$(tail -c 1 "$f")" ] || echo >>"$f"
${[...drop, ...add].join('\n')}
exit 0`
  const body = `said=$(timeout 20 su -s /bin/sh ${quote(user)} -c ${quote(`HOME=$(getent passwd ${quote(user)} | cut -d: -f6); ${inner}`)} 2>&1 </dev/null 9>&-) && echo ${DONE} ||
printf '${LEFT}%s\\n' "the keys of ${quote(user)} cannot be written: $(printf %s "$said" | tail -n 1 | cut -c 1-200)"`
  return guarded(guard, '', body)
}

/** The loop as a unit of the host, by the program itself, and the command for a person there. */
export function installScript(
  guard: Guard,
  { digest, form }: Pick<PackedProgram, 'digest' | 'form'>,
  inventory: string,
  restart: boolean,
): string {
  assert(DIGEST.test(digest), 'a digest is hexadecimal')
  const command = `#!/bin/sh
# Written by hc control add; hc control remove takes it away.
: "\${HC_INVENTORY:=${inventory}}"
export HC_INVENTORY
exec ${startOf(`${PROGRAM_FOLDER}/${digest}`, form)} "$@"
`
  const body = `P=${PROGRAM_FOLDER} T=${PROGRAM_FOLDER}/${digest} U=${UNIT_FOLDER}/${LOOP}
if [ ! -e ${COMMAND} ] || grep -q 'hc control add' ${COMMAND} 2>/dev/null; then
  mkdir -p /usr/local/bin && printf %s ${quote(command)} >${COMMAND}.hc-new && chmod 755 ${COMMAND}.hc-new && mv -f ${COMMAND}.hc-new ${COMMAND}
fi
if ${restart ? 'true' : `[ "$(systemctl is-active ${LOOP} 2>/dev/null)" != active ]`}; then
  # Where it served how it stands, it goes on to.
  l=$(sed -n 's/^ExecStart=.* --listen "\\([^"]*\\)".*/\\1/p' $U 2>/dev/null)
  said=$(cd / && HOME=/root timeout 50 ${startOf('$T', form)} reconcile --install --inventory ${quote(inventory)} \${l:+--listen "$l"} 2>&1 </dev/null 9>&-) || { printf '${LEFT}%s\\n' "the loop cannot be installed: $(printf %s "$said" | head -n 1 | cut -c 1-300)"; return; }
fi
${TIDY}
echo ${DONE}`
  return guarded(guard, '', body)
}

/** Starts the loop again where who ended it for a moment was killed. */
export const AGAIN = 'hc-reconcile-again'

/** Ends the loop for so many seconds: then the host starts it again by itself. Can be said twice. */
export function restScript(guard: Guard, seconds: number): string {
  const body = `systemctl stop ${AGAIN}.timer 2>/dev/null 9>&-
said=$(systemd-run --quiet --collect --unit=${AGAIN} --on-active=${seconds} systemctl start ${LOOP} 2>&1 9>&-) &&
said=$(timeout 45 systemctl stop ${LOOP} 2>&1 9>&-) && echo ${DONE} ||
printf '${LEFT}%s\\n' "the loop cannot be told to rest: $(printf %s "$said" | head -n 1 | cut -c 1-200)"`
  return guarded(guard, '', body)
}

/** Starts it again. Can be said twice. */
export function resumeScript(guard: Guard): string {
  const body = `systemctl stop ${AGAIN}.timer 2>/dev/null 9>&-
said=$(timeout 45 systemctl start ${LOOP} 2>&1 9>&-) && echo ${DONE} ||
printf '${LEFT}%s\\n' "the loop cannot be started: $(printf %s "$said" | head -n 1 | cut -c 1-200)"`
  return guarded(guard, '', body)
}

/** Ends the loop and takes the control machine away. Can be said twice. */
export function dismissScript(guard: Guard): string {
  const body = `U=${UNIT_FOLDER}/${LOOP}
if [ -e $U ] && grep -q '${CONTROL_FOLDER}/' $U; then
  timeout 45 systemctl disable --now ${LOOP} >/dev/null 2>&1 9>&-
  rm -f $U
  timeout 20 systemctl daemon-reload 9>&-
fi
if grep -q 'hc control add' ${COMMAND} 2>/dev/null; then rm -f ${COMMAND}; fi
# Secrets of jobs lie elsewhere.
[ ! -r ${CONTROL_FOLDER}/${SOURCES} ] || while IFS= read -r f; do rm -f -- "$f"; done <${CONTROL_FOLDER}/${SOURCES}
rm -rf ${CONTROL_FOLDER} ${PROGRAM_FOLDER}
echo ${DONE}`
  return guarded(guard, '', body)
}

/** null: it was done; else why not. */
export function parseStandbyDone(output: string): string | null {
  return undone(output, DONE)[0] ?? null
}

/** The host refused it for a term: another control machine has led since. */
export function refusedForTerm(output: string): boolean {
  return output.split('\n').some((line) => line.startsWith(`${REFUSED}term `) || line.startsWith(`${REFUSED}order `))
}
