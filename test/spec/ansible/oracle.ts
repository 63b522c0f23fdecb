// Ansible itself, asked about many inventories by one process; and hc, asked the same.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What Ansible says to one question: the answer, or the error, and what it warned of meanwhile. */
export interface Said {
  readonly ok?: unknown
  readonly error?: string
  readonly warnings: readonly string[]
}

/** What Ansible makes of one inventory. */
export interface Answer {
  /** False: Ansible could not read it, and went on without. */
  readonly parsed: boolean
  readonly warnings: readonly string[]
  readonly list: Said
  readonly graphs: Readonly<Record<string, Said>>
  readonly graphsWithVars: Readonly<Record<string, Said>>
  readonly hosts: Readonly<Record<string, Said>>
  readonly patterns: Readonly<Record<string, Said>>
  readonly limits: Readonly<Record<string, Said>>
}

/** What is asked of one inventory. */
export interface Question {
  /** Absolute path. */
  readonly inventory: string
  readonly patterns?: readonly string[]
  readonly limits?: readonly string[]
  readonly graphs?: readonly string[]
  readonly graphsWithVars?: readonly string[]
  readonly hosts?: readonly string[]
}

/** The folder bin/ of a virtual environment with ansible-core: HC_ANSIBLE, else where bin/test keeps it. Null: none. */
export function ansibleFolder(): string | null {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  const found = [
    process.env.HC_ANSIBLE,
    join(process.env.HC_LAB_DIR ?? '/var/cache/hc-lab', 'ansible/bin'),
    join(cache, 'hc-lab/ansible/bin'),
  ]
  return found.find((folder) => folder !== undefined && existsSync(join(folder, 'ansible-inventory'))) ?? null
}

/** Settings of this machine's Ansible must not change the answers. `home` is an empty folder. */
export function ansibleEnvironment(home: string): NodeJS.ProcessEnv {
  // It must be there: without one Ansible looks for others.
  writeFileSync(join(home, 'ansible.cfg'), '')
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('ANSIBLE_'))
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    ANSIBLE_CONFIG: join(home, 'ansible.cfg'),
    LC_ALL: 'C.UTF-8',
    PYTHONDONTWRITEBYTECODE: '1',
  }
}

/** The process that answers. */
export class Oracle {
  private readonly process: ChildProcessWithoutNullStreams
  private readonly waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = []
  private errors = ''
  private ended: Error | null = null

  /** `folder`: an empty one to work in, because Ansible also reads group_vars of where it is called. */
  constructor(bin: string, folder: string) {
    const script = join(import.meta.dirname, 'oracle.py')
    this.process = spawn(join(bin, 'python'), [script], { cwd: folder, env: ansibleEnvironment(folder) })
    createInterface(this.process.stdout).on('line', (line) =>
      this.waiting.shift()?.resolve(JSON.parse(plainJson(line))),
    )
    this.process.stderr.on('data', (data) => {
      this.errors = `${this.errors}${data}`.slice(-4000)
    })
    this.process.stdin.on('error', () => undefined)
    this.process.on('close', (code) => {
      this.ended = new Error(`Ansible ended with ${code}: ${this.errors}`)
      for (const { reject } of this.waiting) reject(this.ended)
    })
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.ended !== null) return reject(this.ended)
      this.waiting.push({ resolve, reject })
      this.process.stdin.write(`${JSON.stringify(question)}\n`)
    })
  }

  end(): void {
    this.process.stdin.end()
  }
}

// Python prints numbers that JSON has no words for; hc has null there.
function plainJson(line: string): string {
  return line.replace(/(?<=[:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g, 'null')
}
