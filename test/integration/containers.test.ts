// Containers of podman and docker: ports, files, environment, secrets, volumes, limits, images.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobDetailView, PlanView } from '../../src/model/views.js'
import { HOSTS, on, onAll, wipe } from './support/lab.js'
import { closeProjects, Project } from './support/project.js'
import { only, page, running, starts } from './support/seen.js'
import { eventually, stopwatch, tell } from './support/wait.js'

const SECRET = 'correct-horse-battery-staple'

/** A container with everything that a job can give it. */
function fullJob(driver: 'podman' | 'docker', port: number): string {
  return [
    `driver: ${driver}`,
    'image: localhost/hc-web:1',
    `ports: {http: {host: ${port}, container: 8080}}`,
    'env: {GREETING: "hello, $HOME of \'all\'"}',
    'env_file: [./more.env]',
    'secrets: {DB_PASSWORD: {file: ./secrets/db}}',
    'files: [{source: ./site.html, target: /www/site.html, mode: "0644"}]',
    'volumes: [{source: hc-test-DRIVER, target: /data}]'.replace('DRIVER', driver),
    'resources: {cpu: 50m, memory: 64Mi}',
    '',
  ].join('\n')
}

describe.each([
  { driver: 'podman', port: 8151 },
  { driver: 'docker', port: 8152 },
] as const)('a container of $driver', ({ driver, port }) => {
  let project: Project
  const slot = `${driver}-web.0`
  const inside = async (command: string) => on((await only(slot)).host, `${driver} exec hc-${slot} ${command}`)

  beforeAll(async () => {
    await wipe()
    project = new Project()
    project.job(`${driver}-web`, fullJob(driver, port))
    project.write('jobs/more.env', '# a comment\nFROM_FILE=yes\n')
    project.write('jobs/secrets/db', `${SECRET}\n`)
    project.write('jobs/site.html', 'first page\n')
    const since = stopwatch()
    const { code, json } = await project.apply()
    tell(`${driver}: applied`, since())
    expect(json.results).toEqual([{ slot, host: expect.any(String), ok: true, error: null }])
    expect(code).toBe(0)
  })
  afterAll(closeProjects)

  test('has its port, its file, its environment, its secret, its volume and its limit', async () => {
    const { host } = await only(slot)
    expect(await page(host, port, '/site.html')).toBe('first page\n')
    const env = await inside('env')
    expect(env).toContain("GREETING=hello, $HOME of 'all'")
    expect(env).toContain('FROM_FILE=yes')
    expect(env).toContain(`DB_PASSWORD=${SECRET}`)
    expect(env).toContain(`HC_SLOT=${slot}`)
    expect(env).toContain(`HC_HOST=${host}`)
    await inside("sh -c 'echo kept > /data/kept'")
    expect(await on(host, `cat /var/lib/hc/volumes/hc-test-${driver}/kept`)).toBe('kept\n')
    const limit = await on(host, `${driver} inspect --format '{{.HostConfig.Memory}}' hc-${slot}`)
    expect(limit.trim()).toBe(String(64 * 1024 * 1024))
  })

  test('the secret is in no argv, no unit and no file that others can read', async () => {
    const { host } = await only(slot)
    const visible = await on(
      host,
      `cat /proc/[0-9]*/cmdline | tr '\\0' ' '; systemctl show hc-${slot}.service; systemctl cat hc-${slot}.service; journalctl -o cat -u hc-${slot}.service`,
    )
    expect(visible).not.toContain(SECRET)
    const files = await on(
      host,
      `grep -rlF ${SECRET} /var/lib/hc /run/hc /etc/systemd 2>/dev/null | xargs -r stat -c '%a %U %n'`,
    )
    for (const line of files.split('\n').filter(Boolean)) expect(line).toMatch(/^[46]00 root /)
    expect(await on(host, "stat -c '%a' /var/lib/hc")).toBe('700\n')
    const printed = await project.hc('plan', '-v')
    const kept = await project.hc('job', 'show', `${driver}-web`, '--json')
    expect(`${printed.stdout}${printed.stderr}${kept.stdout}`).not.toContain(SECRET)
  })

  test('the tag is resolved to what it stands for; apply again restarts nothing', async () => {
    const { json } = await project.json<JobDetailView>('job', 'show', `${driver}-web`)
    expect(json.image).toMatch(/sha256:[0-9a-f]{64}/)
    const before = starts(await running())
    expect((await project.apply()).json.changes).toBe(false)
    expect(starts(await running())).toEqual(before)
  })

  test('a changed file restarts it on its host, with its data', async () => {
    const { host } = await only(slot)
    project.write('jobs/site.html', 'second page\n')
    const { code, json } = await project.apply()
    expect(code).toBe(0)
    expect(json.actions).toMatchObject([{ kind: 'restart', slot, host, reason: 'spec-changed' }])
    expect(await page(host, port, '/site.html')).toBe('second page\n')
    expect(await inside('cat /data/kept')).toBe('kept\n')
    // A changed secret too.
    project.write('jobs/secrets/db', 'another one\n')
    expect((await project.apply()).json.actions).toMatchObject([{ kind: 'restart', slot }])
    expect(await inside('env')).toContain('DB_PASSWORD=another one')
  })

  test('kill -9 of its process: it answers again, one container', async () => {
    const { host } = await only(slot)
    const since = stopwatch()
    await on(host, `kill -9 $(${driver} inspect --format '{{.State.Pid}}' hc-${slot})`)
    await eventually('it answers again', async () => (await page(host, port, '/site.html')) === 'second page\n', {
      everyMs: 100,
    })
    tell(`${driver}: killed until it answers`, since())
    expect((await on(host, `${driver} ps -aq`)).trim().split('\n')).toHaveLength(1)
    expect((await project.converged(10)).allocations).toMatchObject([{ slot, state: 'running', restarts: 1 }])
  })

  test('job remove takes container, unit and files, and leaves the volume', async () => {
    const { host } = await only(slot)
    expect((await project.hc('job', 'remove', `${driver}-web`, '--yes')).code).toBe(0)
    expect(await on(host, `${driver} ps -aq`)).toBe('')
    expect(await on(host, 'ls /etc/systemd/system | grep hc- ; ls /var/lib/hc/alloc')).toBe('')
    expect(await on(host, `cat /var/lib/hc/volumes/hc-test-${driver}/kept`)).toBe('kept\n')
  })
})

describe('images', () => {
  beforeAll(wipe)
  afterAll(async () => {
    await closeProjects()
    await onAll('podman rmi -f registry.lab:5000/hc-web:2; :')
  })

  test('one that does not exist: that job fails with a reason, the rest is carried on', async () => {
    const project = new Project()
    project.job('here', 'image: localhost/hc-web:1\nports: {http: {host: 8153, container: 8080}}\n')
    project.job('nowhere', 'image: registry.lab:5000/no-such-thing:9\n')
    const { code, json } = await project.apply()
    expect(code).toBe(4)
    expect(json.results).toMatchObject([{ slot: 'here.0', ok: true }])
    const [unplaced] = json.unplaced
    expect(unplaced?.slot).toBe('nowhere.0')
    expect(unplaced?.reasons.map(({ host }) => host)).toEqual([...HOSTS])
    for (const { reason } of unplaced?.reasons ?? []) expect(reason).toContain('registry.lab:5000/no-such-thing:9')
    expect(await page((await only('here.0')).host, 8153)).not.toBeNull()
  })

  test('plan says which hosts lack one; apply pulls it wherever the job may run', async () => {
    const image = 'registry.lab:5000/hc-web:2'
    await onAll(`podman rmi -f ${image} >/dev/null 2>&1; :`)
    const project = new Project()
    project.job('pulled', `image: ${image}\nports: {http: {host: 8154, container: 8080}}\n`)
    const plan = await project.json<PlanView>('plan')
    expect(plan.json.images).toEqual(HOSTS.map((host) => ({ image, host, state: 'will be pulled' })))
    const { code } = await project.apply()
    expect(code).toBe(0)
    expect(await page((await only('pulled.0')).host, 8154)).not.toBeNull()
    for (const [host, names] of await onAll("podman images --digests --format '{{.Repository}}'")) {
      expect(`${host} ${names}`).toContain('registry.lab:5000/hc-web')
    }
    expect((await project.json<PlanView>('plan')).json.images).toEqual([])
  })
})
