// How commands open a cluster: what they hand to src/hc.ts, which stands below this room.
/** What a cluster is opened with; src/hc.ts takes the same. */
export interface OpenOptions {
  readonly inventory: string | undefined
  readonly lockTimeoutMs: number
  readonly signal: AbortSignal
  readonly askPassphrase: ((file: string) => Promise<string | null>) | undefined
  readonly confirmKey: ((question: string) => Promise<boolean>) | undefined
  readonly debug: ((line: string) => void) | undefined
}

/** The module that opens a cluster. Commands hand it in, because this room stands above it. */
export interface Opener<H> {
  openHc(options: OpenOptions): Promise<H>
}

/** Flags that every command has. */
export interface CommonFlags {
  readonly inventory?: string | undefined
  readonly 'lock-timeout'?: number | undefined
}
