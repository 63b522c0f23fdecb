// The program, sent to a host that has none: in pieces, each checked there by its digest, so that what has arrived need not be sent again.
import type { PackedProgram } from '../../model/control-group.js'
import type { Host } from '../../model/host.js'
import type { Millis } from '../../model/names.js'
import type { SessionNear } from '../../ports.js'
import { parseStandbyDone, pieceProgram, unpackScript } from '../../remote/standby.js'
import type { Asked } from './ground.js'
import { GOES_ON, orStop } from './hands.js'
import type { Tools } from './members.js'

/** Bytes that are written at once. */
const CHUNK = 64 * 1024
/** Unpacking and trying it, ms: an SD card takes its time for a hundred megabytes. */
const UNPACK_MS: Millis = 180_000

/** Sends the program and unpacks it. Throws UserError. */
export async function sendProgram(tools: Tools, one: Asked, program: PackedProgram): Promise<void> {
  const { wiring, hands, onStep, goesOn } = tools
  const { host, standby } = one
  onStep(
    host.name,
    program.form === 'single' ? 'the program of this machine' : 'the program of this machine, with Node',
  )
  const parts = await program.parts()
  for (const { digest, bytes } of parts.flatMap(({ pieces }) => pieces)) {
    if (standby.pieces.includes(digest)) continue
    const error = await sendPiece(wiring.world.transport, host, digest, bytes, wiring.signal)
    goesOn()
    orStop({ error: error && `the program could not be sent: ${error}`, output: '' }, host, GOES_ON)
  }
  const digests = parts.map(({ kind, pieces }) => ({ kind, digests: pieces.map(({ digest }) => digest) }))
  const make = (guard: Parameters<typeof unpackScript>[0]) => unpackScript(guard, program.digest, program.form, digests)
  orStop(await hands.write(one, make, parseStandbyDone, UNPACK_MS), host, GOES_ON)
}

async function sendPiece(
  transport: Tools['wiring']['world']['transport'],
  host: Host,
  digest: string,
  bytes: Uint8Array,
  signal: AbortSignal | null,
): Promise<string | null> {
  let said = ''
  const keep = async (text: Uint8Array) => {
    said = `${said}${new TextDecoder().decode(text)}`.slice(-300)
  }
  const near: SessionNear = {
    pty: null,
    begin: (far) => {
      void (async () => {
        for (let at = 0; at < bytes.length; at += CHUNK) await far.write(bytes.subarray(at, at + CHUNK))
        far.end()
      })()
    },
    lend: () => undefined,
    stdout: keep,
    stderr: keep,
  }
  const done = await transport.session(host, { ...pieceProgram(digest), near, ...(signal && { signal }) })
  if (!done.ok) return done.failure.message
  if (done.exitCode === 0) return null
  return done.exitCode === 3 ? 'a piece of it has changed on its way' : `it could not be written there: ${said.trim()}`
}
