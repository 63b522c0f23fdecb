// The control machine as `hc doctor` sees it: files with their modes, the agent, the loop's unit. It only reads.
import { existsSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import net from 'node:net'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ControlExam, DiskUse, FileMode, WayExam } from '../model/doctor.js'
import type { SshSettings } from '../ports.js'
import { LOOP_UNIT } from './install.js'

/** How long an agent may take to accept a connection, ms. */
const AGENT_MS = 1000

/** A file's permission bits. */
export async function fileMode(path: string): Promise<FileMode> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => null,
  )
  return { path, mode }
}

/** The store's folder, the loop's unit and the room on the disk. */
export async function examineControl(store: string): Promise<ControlExam> {
  const own = join(homedir(), '.config/systemd/user')
  const there = (folder: string) => existsSync(join(folder, LOOP_UNIT))
  return {
    store: await fileMode(store),
    loopUnit: there('/etc/systemd/system') ? 'system' : there(own) ? 'user' : null,
    disk: await diskUse(existsSync(store) ? store : dirname(store)),
  }
}

async function diskUse(path: string): Promise<DiskUse | null> {
  const found = await statfs(path).catch(() => null)
  if (found === null) return null
  return { path, size: found.blocks * found.bsize, used: (found.blocks - found.bavail) * found.bsize }
}

/** How ssh would go to a host; `namedKey`: the key file of the inventory. */
export async function examineWay(settings: SshSettings, namedKey: string | null): Promise<Omit<WayExam, 'forwards'>> {
  const { user, address, port, identityFiles, agent, userKnownHostsFiles, globalKnownHostsFiles } = settings
  const files = (paths: readonly string[]) => Promise.all(paths.map(fileMode))
  return {
    target: `${user}@${address.includes(':') ? `[${address}]` : address}:${port}`,
    keys: await files(identityFiles),
    namedKey,
    agent,
    agentAnswers: agent !== null && (await answers(agent)),
    knownHosts: await files([...userKnownHostsFiles, ...globalKnownHostsFiles]),
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path })
    const end = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.setTimeout(AGENT_MS, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
