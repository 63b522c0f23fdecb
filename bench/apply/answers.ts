// Looks from outside, all the while, at when the last service answers: alike for every tool.
import net from 'node:net'
import type { Lab } from '../lab.js'
import { type Service, TELLING } from './services.js'

/** Between two looks at the service that is waited for, ms. */
const EVERY_MS = 4
/** A service that takes longer fails the benchmark, ms. */
const BOUND_MS = 300_000
const ASK_MS = 1000

/** Does the service answer there, in this revision? */
function answers(address: string, { port, revision }: Service): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port })
    let said = ''
    const end = () => {
      socket.destroy()
      const [, code] = /^HTTP\/1\.\d (\d+)/.exec(said) ?? []
      resolve(code === (revision === 1 ? '200' : '404'))
    }
    socket.setTimeout(ASK_MS, end)
    socket.once('connect', () => socket.write(`GET ${TELLING} HTTP/1.0\r\n\r\n`))
    socket.on('data', (bytes: Buffer) => {
      said += bytes.toString('latin1')
      if (said.length > 12) end()
    })
    socket.once('error', end)
    socket.once('end', end)
  })
}

/**
 * When the last of the services answers, performance.now(). One at a time is waited for, so that looking costs next to nothing; when
 * it answers, all others are asked at once.
 */
export async function lastAnswer(lab: Lab, wanted: readonly Service[], signal: AbortSignal): Promise<number> {
  const end = performance.now() + BOUND_MS
  const isUp = async (service: Service) => {
    const found = await Promise.all(lab.hosts.map(({ address }) => answers(address, service)))
    return found.includes(true)
  }
  let [first, ...others] = wanted
  while (first !== undefined && !signal.aborted) {
    if (await isUp(first)) {
      const up = await Promise.all(others.map(isUp))
      ;[first, ...others] = others.filter((_, at) => !up[at])
    } else if (performance.now() > end) throw new Error(`${first.name} does not answer within ${BOUND_MS / 1000} s`)
    else await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
  return performance.now()
}
