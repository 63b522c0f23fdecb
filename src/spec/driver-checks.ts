// What the driver of a job can and can't do.
import { at, type Check, has } from './check.js'
import { meant } from './nearest.js'
import { written } from './value.js'

const WRITTEN_WRONG: readonly (string | null)[] = ['image', 'command', 'unit'].map(meant)

/** Exactly one thing runs, and the driver can run it. */
export const whatRuns: Check = (_job, top, report) => {
  const [image, command, unit] = [has(top, 'image'), has(top, 'command'), has(top, 'unit')]
  const driver = written(top, 'driver')?.value
  const name = driver?.kind === 'scalar' ? driver.text : image ? 'podman' : 'systemd'
  if (!image && !command && !unit) {
    // Said already where one of them is written wrong.
    if (report.faults.some(({ hint }) => WRITTEN_WRONG.includes(hint))) return
    at(top, report, [], 'the job does not say what runs', 'give it image, command or unit')
    return
  }
  if (unit && image) at(top, report, ['unit'], 'a job has an image or a unit, not both')
  else if (unit && command)
    at(top, report, ['command'], 'a job with unit has no command: the unit says what runs', 'remove one of the two')
  if (name === 'systemd') {
    if (image && driver !== undefined)
      at(top, report, ['image'], 'the systemd driver runs no images', 'write driver: podman, or remove the image')
    else if (!image && !command && !unit) at(top, report, ['driver'], 'the systemd driver needs command or unit')
  } else if (name === 'podman' || name === 'docker') {
    if (unit) at(top, report, ['unit'], `the ${name} driver runs images, not units`, 'remove driver')
    else if (!image) at(top, report, ['driver'], `the ${name} driver needs an image`, 'give it image, or remove driver')
  }
}

/** Fields that a unit which is already there has in its own file. */
const OF_THE_UNIT = ['user', 'workdir', 'env', 'env_file', 'secrets', 'files', 'systemd', 'pull'] as const

/** What a unit that is already there can't be given. */
export const unitJob: Check = (job, top, report) => {
  if (job.unit === null) return
  for (const field of OF_THE_UNIT) {
    if (!has(top, field)) continue
    at(
      top,
      report,
      [field],
      `${field} has no meaning for a unit that is already on the host`,
      `set it in ${job.unit} itself (systemctl edit)`,
    )
  }
  for (const [name, port] of Object.entries(job.ports)) {
    if (port.host === null)
      at(top, report, ['ports', name], `port ${name}: nobody can tell ${job.unit} a port, so it must be a number`)
  }
  for (const [index, volume] of job.volumes.entries()) {
    if (volume.source === volume.target) continue
    at(
      top,
      report,
      ['volumes'],
      `volumes[${index}]: ${job.unit} sees the host as it is, so source and target must be the same path`,
    )
  }
}

/** What a process without a container can't have. */
export const systemdJob: Check = (job, top, report) => {
  if (job.driver !== 'systemd') return
  const program = job.command?.[0] ?? ''
  if (program.includes('/') && !program.startsWith('/')) {
    at(
      top,
      report,
      ['command'],
      `"${program}" is a relative path, and the program runs on the host`,
      'write an absolute path, or bring it there with files:',
    )
  }
  if (job.user?.includes(':')) {
    at(
      top,
      report,
      ['user'],
      'the systemd driver takes a user only',
      'write the group as systemd: {Service: {Group: NAME}}',
    )
  }
  for (const name of Object.keys(job.env).filter((each) => /[.-]/.test(each))) {
    at(top, report, ['env', name], `systemd takes no variable ${name}: letters, digits and "_" only`)
  }
  if (has(top, 'pull') && job.unit === null) at(top, report, ['pull'], 'pull belongs to a job with image')
  for (const [name, port] of Object.entries(job.ports)) {
    if (port.container === null || port.container === port.host) continue
    at(
      top,
      report,
      ['ports', name],
      `port ${name}: a process without a container has one port, the host's`,
      `write ${name}: ${port.host ?? 'auto'}`,
    )
  }
}
