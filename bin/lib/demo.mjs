// The eyes of bin/demo: reads what hc prints as JSON, asks ports, and says whether a thing is true.
//   node demo.mjs FOLDER WORD [ARGUMENT...]      FOLDER holds what earlier steps have written; exit 0: true, 1: not
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'

const [folder, word, ...rest] = process.argv.slice(2)

const POLL_MS = 50
/** Of what was not on the lost host: often enough to see a gap, seldom enough not to be one. */
const GLANCE_MS = 250
const ANSWER_MS = 2000
const WATCH_MS = 60_000

const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
const write = (name, value) => writeFileSync(join(folder, `${name}.json`), JSON.stringify(value))
const note = (name, text) => writeFileSync(join(folder, name), `${text}\n`)
const uptimeMs = () => Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000)
const seconds = (ms) => (ms / 1000).toFixed(1)
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Rows in columns; the first is the heading. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
  }
}

/** Does an HTTP request get a 200 in time? A port that merely opens is not yet a service. */
function answers({ address, port }) {
  return new Promise((resolve) => {
    const request = get({ host: address, port, path: '/', agent: false, timeout: ANSWER_MS }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}

/** Does a job move when its host is lost, as its file says? */
async function moving(path) {
  const { parseJob } = await import(new URL('../../build/src/spec/job.js', import.meta.url))
  const { job } = parseJob(path, readFileSync(path, 'utf8'))
  return [job.name, job.type === 'service' && !job.exclusive && job.onHostLoss === 'move']
}

const words = {
  /** Does a loop tick, as the last status says? */
  ticking: () => JSON.parse(readFileSync(join(folder, 'json.new'), 'utf8')).loop.ticking,

  /** Does every endpoint answer? */
  async answer(name) {
    const { endpoints } = read(name)
    const silent = []
    await Promise.all(
      endpoints.map(async (endpoint) => {
        for (let tries = 0; tries < 20; tries++) {
          if (await answers(endpoint)) return
          await pause(POLL_MS * 4)
        }
        silent.push(endpoint)
      }),
    )
    for (const { slot, address, port } of silent) console.log(`${slot} does not answer at ${address}:${port}`)
    return endpoints.length > 0 && silent.length === 0
  },

  /** Chooses the host to lose: most that can move, then most in all. Notes what will have to happen. */
  async victim(jobs) {
    const files = readdirSync(jobs).filter((file) => file.endsWith('.yml'))
    const jobMoves = new Map(await Promise.all(files.map((file) => moving(join(jobs, file)))))
    const { allocations, hosts } = read('before')
    const { endpoints } = read('endpoints')
    const on = (host) => allocations.filter((allocation) => allocation.host === host)
    const movable = (host) => on(host).filter(({ job }) => jobMoves.get(job))
    const [lost] = hosts
      .map(({ name }) => name)
      .sort((a, b) => movable(b).length - movable(a).length || on(b).length - on(a).length || (a < b ? -1 : 1))
    if (lost === undefined || movable(lost).length === 0) return false
    const survivors = hosts.filter(({ name }) => name !== lost)
    const moves = movable(lost).map(({ slot }) => slot)
    // A fixed port names its new place: a survivor on which nothing has that port yet.
    const targets = endpoints
      .filter(({ slot }) => moves.includes(slot))
      .map(({ slot, port }) => ({
        slot,
        places: survivors
          .filter(({ name }) => !endpoints.some((other) => other.host === name && other.port === port))
          .map(({ name, address }) => ({ host: name, address, port })),
      }))
    const kept = on(lost).filter(({ slot }) => !moves.includes(slot))
    write('cut', {
      lost,
      moves,
      targets,
      stay: kept.map(({ slot }) => slot),
      bystanders: endpoints.filter(({ host }) => host !== lost),
    })
    note('victim', lost)
    note('stay', kept.map(({ slot }) => slot).join(', '))
    return true
  },

  /** Polls until each target answers at one of its places; times count from BEGAN, just before the cut was asked for. */
  async watch(began) {
    const { lost, targets, bystanders } = read('cut')
    const end = Number(began) + WATCH_MS
    const measured = []
    const glances = { asked: 0, unanswered: [] }
    let watching = true
    const poll = async ({ slot }, place) => {
      const done = () => measured.some((each) => each.slot === slot)
      while (!done() && uptimeMs() < end) {
        const asked = uptimeMs()
        if (await answers(place)) {
          if (!done()) measured.push({ slot, ...place, ms: uptimeMs() - Number(began) })
          return
        }
        await pause(Math.max(0, POLL_MS - (uptimeMs() - asked)))
      }
    }
    const glance = async (endpoint) => {
      while (watching) {
        glances.asked++
        if (!(await answers(endpoint))) glances.unanswered.push(endpoint.slot)
        await pause(GLANCE_MS)
      }
    }
    const glancing = bystanders.map(glance)
    await Promise.all(targets.flatMap((target) => target.places.map((place) => poll(target, place))))
    watching = false
    await Promise.all(glancing)
    measured.sort((a, b) => a.ms - b.ms)
    write('measured', measured)
    write('glances', glances)
    table([
      ['SLOT', 'WAS ON', 'ANSWERS ON', 'AFTER'],
      ...measured.map(({ slot, host, ms }) => [slot, lost, host, `${seconds(ms)} s`]),
    ])
    for (const { slot } of targets) {
      if (!measured.some((each) => each.slot === slot)) console.log(`${slot} answers nowhere`)
    }
    const last = measured.at(-1)
    if (last === undefined || measured.length < targets.length) return false
    note('seconds', seconds(last.ms))
    return true
  },

  /** Does hc name the places that were seen to answer? */
  named(name) {
    const { endpoints } = read(name)
    return read('measured').every(({ slot, host, address, port }) =>
      endpoints.some(
        (endpoint) =>
          endpoint.slot === slot &&
          endpoint.host === host &&
          endpoint.address === address &&
          endpoint.port === port &&
          endpoint.state === 'running',
      ),
    )
  },

  /** Is the host lost, all that moves elsewhere, and does all the rest wait for it? */
  waits(name) {
    const { lost, moves, stay } = read('cut')
    const { hosts, allocations, waiting } = read(name)
    const elsewhere = (slot) =>
      allocations.some((each) => each.slot === slot && each.host !== lost && each.state === 'running')
    return (
      hosts.some((host) => host.name === lost && host.verdict === 'lost') &&
      moves.every(elsewhere) &&
      stay.every((slot) => waiting.some((each) => each.slot === slot && each.host === lost) && !elsewhere(slot))
    )
  },

  /** Did what was not on the lost host answer all the time? */
  undisturbed() {
    const { asked, unanswered } = read('glances')
    console.log(
      unanswered.length === 0
        ? `${asked} requests, all answered`
        : `${unanswered.length} of ${asked} requests were not: ${[...new Set(unanswered)].join(', ')}`,
    )
    return unanswered.length === 0
  },

  /**
   * Does nothing run on two hosts? Until all is WELL again, what was replaced may: it starts with its host, and hc stops it
   * with its first word. What could not be replaced never may.
   */
  twice(well) {
    const { moves } = read('cut')
    const replaced = new Set(moves.flatMap((slot) => [`hc-${slot}.service`, `hc-${slot}`]))
    const wrong = counted().doubles.filter(({ name }) => well || !replaced.has(name))
    for (const { name, hosts } of wrong) console.log(`${name} runs on ${hosts.join(' and ')}`)
    for (const { name } of counted().doubles) appendFileSync(join(folder, 'overlaps'), `${name}\n`)
    return wrong.length === 0
  },

  /** Says what `twice` let pass. */
  overlaps() {
    const path = join(folder, 'overlaps')
    const names = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
    const slots = [...new Set(names.map((name) => name.replace(/^hc-|\.service$/g, '')))].sort()
    const { lost } = read('cut')
    if (slots.length > 0) {
      console.log(
        `note    started with ${lost} and stopped by hc's first word to it, being elsewhere by now: ${slots.join(', ')}`,
      )
    }
    return true
  },

  /** Does each allocation of that status run exactly once, and where it says? */
  once(name) {
    const { allocations, jobs, converged } = read(name)
    const { places } = counted()
    const driverOf = new Map(jobs.map((job) => [job.name, job]))
    const expected = new Map()
    const rows = [['SLOT', 'HC SAYS', 'UNIT ON', 'CONTAINER ON']]
    for (const { slot, job, host } of allocations) {
      const { type, driver } = driverOf.get(job)
      const unit = `hc-${slot}.${type === 'cron' ? 'timer' : 'service'}`
      const container = driver === 'systemd' ? null : `hc-${slot}`
      expected.set(unit, host)
      if (container !== null) expected.set(container, host)
      const on = (what) => (places.get(what) ?? ['nowhere']).join(', ')
      rows.push([slot, host ?? 'nowhere', on(unit), container === null ? '-' : on(container)])
    }
    table(rows)
    const surplus = [...places].filter(([what]) => !expected.has(what))
    for (const [what, hosts] of surplus) console.log(`${what} on ${hosts.join(', ')} is nobody's`)
    const right = ([what, host]) => places.get(what)?.length === 1 && places.get(what)[0] === host
    return converged && expected.size > 0 && surplus.length === 0 && [...expected].every(right)
  },
}

/** Units of hc on an armed host that are no slot's: they watch the lease of exclusive work (docs/exclusive.md). */
const LEASE_UNITS = new Set(['hc-lease.service', 'hc-lease.timer', 'hc-lease-sleep.service'])

/** Units and containers of slots as the hosts listed them, lines of `HOST unit|timer|podman|docker NAME`: where each is. */
function counted() {
  const places = new Map()
  for (const line of readFileSync(join(folder, 'counted'), 'utf8').split('\n')) {
    const [host, , name] = line.split(' ')
    if (name === undefined || !/^hc-.+\.[a-z0-9-]+$/.test(name) || LEASE_UNITS.has(name)) continue
    places.set(name, [...(places.get(name) ?? []), host])
  }
  const doubles = [...places].filter(([, hosts]) => hosts.length > 1).map(([name, hosts]) => ({ name, hosts }))
  return { places, doubles }
}

process.exitCode = (await words[word](...rest)) ? 0 : 1
