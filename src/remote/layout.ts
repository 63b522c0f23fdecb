// Where hc keeps what on a host, and the lines that every script begins with.

/** Unit files. */
export const UNIT_FOLDER = '/etc/systemd/system'
/** Durable: term, identity, audit log, files of allocations, named volumes. Mode 0700. */
export const STATE_FOLDER = '/var/lib/hc'
/** Gone at a reboot: lock, cached facts, a copy of the term. Mode 0700. */
export const RUN_FOLDER = '/run/hc'
/** One folder for each slot: `env`, `files/`, `credentials/`. */
export const ALLOC_FOLDER = `${STATE_FOLDER}/alloc`
/** Of each batch or cron slot that ran here: `SLOT.log` its last runs, `SLOT.last` the last line of it, `SLOT.now` a run that goes on. */
export const RUNS_FOLDER = `${STATE_FOLDER}/runs`
/** Named volumes. */
export const VOLUME_FOLDER = `${STATE_FOLDER}/volumes`

/**
 * There once a control machine has looked at the host since it was started, and has stopped what must not run there: units
 * of hc wait for it, for a while. In /run, so that it is gone at a reboot.
 */
export const WORD_FILE = `${RUN_FOLDER}/word`

/** Its file descriptor 8 is the lock of lease and term: never held for longer than a few files take to be written. */
export const LEASE_LOCK = `${RUN_FOLDER}/lease.lock`

/** One file per slot that has added an address: `ADDRESS/LENGTH INTERFACE`. Gone at a reboot, as the address is. */
export const ADDRESS_FOLDER = `${RUN_FOLDER}/address`

/** Label of a container: its slot. */
export const SLOT_LABEL = 'hc.slot'
/** Label of a container: the cluster that started it. */
export const CLUSTER_LABEL = 'hc.cluster'

/** The folder of one slot's files. */
export function allocFolder(slot: string): string {
  return `${ALLOC_FOLDER}/${slot}`
}

/** The container of a slot: its unit's name without the suffix. */
export function containerName(slot: string): string {
  return `hc-${slot}`
}

/** The unit between timer and service of a cron job; its name is that of no slot. */
export function againOf(slot: string): string {
  return `hc-${slot.replace('.', '-')}-again.service`
}

/**
 * First lines of every script. A login's PATH may lack the sbin folders, messages are wanted in one language, and where
 * `timeout` is missing a command runs without a bound of its own (the transport's stays). `now` sets $now to the host's
 * uptime in centiseconds; the 1 before the fraction keeps `08` from being read as octal.
 */
export const PROLOGUE = `PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
umask 077
command -v timeout >/dev/null 2>&1 || timeout() { shift; "$@"; }
now() { read -r up rest </proc/uptime; now=$((\${up%.*} * 100 + 1\${up#*.} - 100)); }
`

/** First line of an answer to a probe, and the line without which it is not whole. */
export const PROBE_HEAD = 'hc-probe 1'
export const PROBE_END = 'hc-probe-end'
/** Begins a part of several lines that some program of the host printed. */
export const SECTION = 'hc-section '
