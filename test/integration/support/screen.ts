// A real terminal: tmux with a server of its own, and what stands on its screen.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './verbs.js'
import { eventually } from './wait.js'

/** A terminal of a size in which a shell runs. */
export class Screen {
  #opened = 0

  /** Opens it; a shell waits in `cwd`. */
  async open(cwd: string, { columns = 80, rows = 24, env = {} }: ScreenOptions = {}): Promise<void> {
    // A server that is just ending still holds its socket.
    this.#opened += 1
    const size = ['-x', String(columns), '-y', String(rows)]
    const variables = Object.entries({ LANG: 'C.UTF-8', ...env }).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    await this.#tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'screen', ...size, ...variables, '-c', cwd, 'sh')
    await this.shows(/^[#$]/m)
  }

  /** Types a line of shell and Enter. */
  async run(line: string): Promise<void> {
    await this.#tmux('send-keys', '-t', 'screen', '-l', line)
    await this.press('Enter')
  }

  /** `hc WORDS` on it. */
  hc(words: string): Promise<void> {
    return this.run(`'${process.execPath}' '${join(ROOT, 'bin/run.js')}' ${words}; echo "code $?"`)
  }

  /** Presses keys as tmux names them (`j`, `Enter`, `C-c`), one after the other. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#tmux('send-keys', '-t', 'screen', key)
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-t', 'screen', '-x', String(columns), '-y', String(rows))
  }

  /** The lines that stand on it, without their ends of spaces. */
  async lines(): Promise<readonly string[]> {
    return (await this.#tmux('capture-pane', '-p', '-t', 'screen')).split('\n').map((line) => line.trimEnd())
  }

  /** Waits until it shows something; all of it. */
  shows(what: string | RegExp, seconds = 20): Promise<string> {
    const ask = async () => {
      const text = (await this.lines()).join('\n')
      if (typeof what === 'string' ? text.includes(what) : what.test(text)) return text
      throw new Error(text)
    }
    return eventually(`the screen shows ${what}`, ask, { seconds })
  }

  /** What a property of the terminal is: `alternate_on`, `cursor_flag`. */
  async asks(property: string): Promise<string> {
    return (await this.#tmux('display-message', '-p', '-t', 'screen', `#{${property}}`)).trim()
  }

  /** The process id of the program in front of the shell. */
  async pidOf(words: string): Promise<number> {
    const shell = await this.asks('pane_pid')
    const table = await call('ps', ['-o', 'pid=,args=', '--ppid', shell])
    const line = table.split('\n').find((each) => each.includes(words))
    return Number(line?.trim().split(' ')[0])
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined)
  }

  #tmux(...words: readonly string[]): Promise<string> {
    return call('tmux', ['-L', `hc-test-${process.pid}-${this.#opened}`, ...words])
  }
}

/** Size and variables of a terminal. */
export interface ScreenOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

function call(program: string, words: readonly string[]): Promise<string> {
  const { TMUX: _, NO_COLOR: __, HC_INVENTORY: ___, ...env } = process.env
  return new Promise((done, fail) => {
    execFile(program, [...words], { env, timeout: 20_000 }, (error, stdout, stderr) => {
      if (error) fail(new Error(`${program} ${words.join(' ')}: ${stderr || error.message}`))
      else done(stdout)
    })
  })
}
