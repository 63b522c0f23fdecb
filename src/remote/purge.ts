// All that hc left on a host: found, and taken away. Both can be said twice.

import { undone } from './done.js'
import { type Guard, guarded } from './guard.js'
import { PROLOGUE, RUN_FOLDER, SLOT_LABEL, STATE_FOLDER, UNIT_FOLDER, VOLUME_FOLDER } from './layout.js'
import { DISARM } from './lease-write.js'
import { printableLine } from './printable.js'
import { behind, linesBetween } from './text.js'

/** How long both together take at most, ms. */
export const PURGE_TIMEOUT_MS = 180_000

const HEAD = 'hc-leftovers 1'
const END = 'hc-leftovers-end'

/** What was found. `cluster`: whose unit it is; empty: the unit does not say. */
export interface Leftovers {
  readonly bootId: string
  readonly uptimeMs: number
  readonly units: readonly { readonly name: string; readonly cluster: string }[]
  readonly containers: readonly string[]
  readonly volumes: readonly { readonly name: string; readonly kib: number | null }[]
}

// Names of units of hc hold a dot before the suffix: the loop's own unit, hc-reconcile.service, does not.
const EACH_UNIT = `for f in $U/hc-*.*.service $U/hc-*.*.timer; do
  [ -e "$f" ] || [ -h "$f" ] || continue
  n=\${f##*/}
  case $n in (*[!A-Za-z0-9._-]*) continue ;; esac`

/** Prints what of hc is on the host, and the boot and time that a purge has to carry. */
export function leftoversScript(): string {
  return `${PROLOGUE}U=${UNIT_FOLDER}
read -r boot </proc/sys/kernel/random/boot_id
now
printf '%s\\n' '${HEAD}' "boot $boot" "uptime $now"
${EACH_UNIT}
  c=$(sed -n 's/^X-Hc-Cluster=//p' "$f" 2>/dev/null | head -n 1)
  printf 'unit %s %s\\n' "$n" "$c"
done
for e in podman docker; do
  command -v $e >/dev/null 2>&1 || continue
  timeout 20 $e ps -a --filter label=${SLOT_LABEL} --format '{{.Names}}' 2>/dev/null | sed "s/^/container $e /"
done
for v in ${VOLUME_FOLDER}/*; do
  [ -e "$v" ] || continue
  k=$(timeout 20 du -sk "$v" 2>/dev/null | { read -r k rest; printf %s "$k"; })
  printf 'volume %s %s\\n' "\${k:--}" "\${v##*/}"
done
printf '%s\\n' '${END}'
`
}

/** Reads the answer; null where it is cut. */
export function parseLeftovers(output: string): Leftovers | null {
  const said = linesBetween(output, HEAD, END)
  if (said === null) return null
  const of = (word: string) => behind(said, word)
  const [bootId = ''] = of('boot')
  return {
    bootId,
    uptimeMs: Number(of('uptime')[0] ?? 0) * 10,
    units: of('unit').map((line) => {
      const [name = '', cluster = ''] = line.split(' ')
      return { name, cluster }
    }),
    containers: of('container').map((line) => printableLine(line.replace(' ', ' container '))),
    volumes: of('volume').map((line) => {
      const [kib = '', ...name] = line.split(' ')
      return { name: printableLine(name.join(' ')), kib: /^\d+$/.test(kib) ? Number(kib) : null }
    }),
  }
}

/**
 * Stops and removes units, containers and files of hc, volumes only where asked for. What is mounted below hc's folder
 * stays, and is told.
 */
export function purgeScript(guard: Guard, options: { readonly volumes: boolean }): string {
  const files = options.volumes
    ? `rm -rf ${STATE_FOLDER} ${RUN_FOLDER}`
    : `for f in ${STATE_FOLDER}/* ${STATE_FOLDER}/.[!.]*; do [ "$f" = ${VOLUME_FOLDER} ] || rm -rf "$f"; done
rmdir ${VOLUME_FOLDER} ${STATE_FOLDER} 2>/dev/null
rm -rf ${RUN_FOLDER}`
  const body = `U=${UNIT_FOLDER} units= reload=
if [ -e $U/hc-etcd.service ] || [ -e ${STATE_FOLDER}/control ]; then
  printf 'left %s\\n' 'it is a control machine, and nothing was taken away: hc control remove it first'
  return
fi
disarm || printf 'left %s\\n' 'the lease of the host cannot be taken away'
${EACH_UNIT}
  units="$units $n"
done
if [ -n "$units" ]; then
  timeout 90 systemctl stop -- $units 9>&- >/dev/null 2>&1 || timeout 10 systemctl kill --signal=SIGKILL -- $units 9>&- >/dev/null 2>&1
  timeout 20 systemctl disable -- $units 9>&- >/dev/null 2>&1
fi
for e in podman docker; do
  command -v $e >/dev/null 2>&1 || continue
  ids=$(timeout 20 $e ps -aq --filter label=${SLOT_LABEL} 2>/dev/null 9>&-)
  [ -z "$ids" ] || timeout 60 $e rm -f $ids >/dev/null 2>&1 9>&-
done
for n in $units; do
  [ "$(systemctl is-active $n 2>/dev/null 9>&-)" != active ] || printf 'left %s\\n' "$n still runs"
  rm -rf "$U/$n" "$U/$n.d" $U/*.wants/$n
done
for l in $U/*.wants/hc-*.*; do
  if [ -h "$l" ] && [ ! -e "$l" ]; then rm -f "$l"; fi
done
rm -rf $U/.hc-new
timeout 30 systemctl daemon-reload 9>&- >/dev/null 2>&1
[ -z "$units" ] || timeout 10 systemctl reset-failed -- $units 9>&- >/dev/null 2>&1
if grep -q ' ${STATE_FOLDER}/' /proc/mounts; then
  printf 'left %s\\n' 'something is mounted below ${STATE_FOLDER}: unmount it first'
else
${files}
fi
printf 'purged\\n'`
  return guarded(guard, DISARM, body)
}

/** What is left, as a sentence; null: all is gone. */
export function parsePurge(output: string): string | null {
  const left = undone(output, 'purged')
  return left.length > 0 ? left.join('; ') : null
}
