// Chunks of a stream, put together to whole lines.

/** Longest line that is kept together, characters; what is longer is broken, so that memory has a bound. */
const LONGEST = 64 * 1024

/** Takes chunks, hands on whole lines without their ends. */
export class LineSplitter {
  private rest = ''

  constructor(private readonly onLine: (line: string) => void) {}

  /** The next chunk. */
  push(chunk: string): void {
    const lines = (this.rest + chunk).split('\n')
    this.rest = lines.pop() ?? ''
    for (const line of lines) this.onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    while (this.rest.length > LONGEST) {
      this.onLine(this.rest.slice(0, LONGEST))
      this.rest = this.rest.slice(LONGEST)
    }
  }

  /** The end of the stream: a last line without an end is one too. */
  end(): void {
    if (this.rest !== '') this.onLine(this.rest)
    this.rest = ''
  }
}
