// The doors to the world, interfaces only. Real ones are made in hc.ts; tests and the simulation bring their own.
import type { ControlView } from './model/control.js'
import type { Event, NewEvent } from './model/event.js'
import type { OpenFence } from './model/fence.js'
import type { HealthAnswer, HealthAsk } from './model/health.js'
import type { Host } from './model/host.js'
import type { KeptIncident, Notice, OpenTarget } from './model/incident.js'
import type { HostName, Millis } from './model/names.js'
import type { Failure } from './model/observation.js'
import type { KeptSurvival, LoopSnapshot, Records, StoreContents } from './model/records.js'
import type { LiveView } from './model/views.js'

/** Time. */
export interface Clock {
  /** Monotonic, ms, from an arbitrary start; counts on while the wall clock is set. */
  now(): Millis
  /** RFC 3339 UTC, for records and people only: no decision rests on it. */
  wall(): string
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
  sleep(ms: Millis, signal?: AbortSignal): Promise<void>
  /** Calls `onBeat` by a cron expression (seconds first) until stopped; a beat that comes while one runs is dropped. */
  beat(expression: string, onBeat: () => Promise<void>): { stop(): void }
}

/** The kept-open shells of a connection, by what they are for. */
export type Lane = 'look' | 'act' | 'peer'

/** One script for a host: POSIX sh, as root in a subshell of a kept-open shell, stdin empty, stderr joined to stdout. */
export interface RemoteScript {
  readonly script: string
  /** Scripts of a lane run one after the other; a slow start (`act`) or look at a neighbour (`peer`) delays no probe (`look`). */
  readonly lane: Lane
  readonly timeoutMs: Millis
  /** Go straight to the host, whatever detour is set. */
  readonly direct?: true
  /** May run twice: without an answer it is soon sent again by a new connection, and the first answer counts. */
  readonly twice?: true
  /** Good to run twice and straight to the host, it may go by the connection of the loop that ticks here. */
  readonly borrow?: true
}

/** What became of it. `sentAt` and `receivedAt` are of the Clock; `borrowed`: it went by the loop's connection, none of its own is known to be open. */
export type RemoteResult =
  | {
      readonly ok: true
      readonly borrowed?: true
      readonly exitCode: number
      readonly output: string
      readonly sentAt: Millis
      readonly receivedAt: Millis
    }
  | { readonly ok: false; readonly failure: Failure; readonly sentAt: Millis }

/** A command of its own channel: ad-hoc commands, journals that are followed. */
export interface RemoteCommand {
  /** POSIX sh, fed on stdin (nothing of it stands in argv). */
  readonly script: string
  /** null: until it ends or is aborted. */
  readonly timeoutMs: Millis | null
  readonly signal?: AbortSignal
  onStdout(chunk: string): void
  onStderr(chunk: string): void
}

/** How a command ended. */
export type CommandResult =
  | { readonly ok: true; readonly exitCode: number }
  | { readonly ok: false; readonly failure: Failure }

/** Size of a terminal, in characters. */
export interface TerminalSize {
  readonly rows: number
  readonly columns: number
}

/** The program's side of a session, as the near side speaks to it. */
export interface SessionFar {
  /** Resolves when more may be written; what is written to an ended session is dropped. */
  write(bytes: Uint8Array): Promise<void>
  /** Nothing more will come. */
  end(): void
  resize(size: TerminalSize): void
}

/** This process's side of a session: its terminal, or its pipes. */
export interface SessionNear {
  /** The terminal that the program gets (TERM, size at the start); null: pipes, and its outputs are kept apart. */
  readonly pty: (TerminalSize & { readonly term: string }) | null
  /** The program begins: what comes in from now on is for it. Called at most once. */
  begin(far: SessionFar): void
  /** In place of `begin`: the program shares this process's own terminal, so nobody else may read from it. */
  lend(): void
  /** Resolves when more can be taken. */
  stdout(bytes: Uint8Array): Promise<void>
  stderr(bytes: Uint8Array): Promise<void>
}

/** A program that somebody talks to, on a channel of its own. */
export interface RemoteSession {
  /** POSIX sh, run as root before the program: checks. What it prints as `hc-says: TEXT` before it exits is the failure. */
  readonly prepare: string
  /** POSIX sh that becomes the program. Stands in argv, in base64. */
  readonly program: string
  readonly near: SessionNear
  readonly signal?: AbortSignal
}

/** How to log in on a host: what the inventory, ~/.ssh/config and the defaults say, resolved. Paths are absolute. */
export interface SshSettings {
  /** Name or address that TCP connects to. */
  readonly address: string
  readonly port: number
  readonly user: string
  /** HostKeyAlias: the name that the host's key is recorded under; null: by address and port. */
  readonly hostKeyAlias: string | null
  /** Private keys in the order they are tried; those that do not exist are skipped. */
  readonly identityFiles: readonly string[]
  /** Of the agent, only the keys of `identityFiles`. */
  readonly identitiesOnly: boolean
  /** Socket of the agent; null: none. */
  readonly agent: string | null
  /** known_hosts files; a new key is written to the first. */
  readonly userKnownHostsFiles: readonly string[]
  /** The system's known_hosts files: only read. */
  readonly globalKnownHostsFiles: readonly string[]
  /** Record new names hashed. */
  readonly hashKnownHosts: boolean
  /** StrictHostKeyChecking. A changed key is refused by all of them. */
  readonly strictHostKeys: 'yes' | 'ask' | 'accept-new' | 'no'
  /** From SYN to login; null: the transport's own default. */
  readonly connectTimeoutMs: Millis | null
  /** The host that the connection goes through; it may have one itself. */
  readonly jump: SshSettings | null
}

/** The way to the hosts: SSH, local, simulated. Opens what it needs, keeps it open, opens it again. */
export interface Transport {
  /** Sends one script and waits for its end, at most `timeoutMs`, connecting included. Never rejects. */
  run(host: Host, request: RemoteScript): Promise<RemoteResult>
  /** Runs one command as root on a channel of its own, streaming. Never rejects. */
  command(host: Host, command: RemoteCommand): Promise<CommandResult>
  /** Runs one program as root with the near side at its ends. Never rejects. */
  session(host: Host, session: RemoteSession): Promise<CommandResult>
  /** Ends the connection to one host (its settings changed), or to all. */
  close(host?: HostName): Promise<void>
  /**
   * From now on the host is reached through `peer`'s connection, by the address that is in its own settings and with its own
   * login and host key; null: straight again. Absent: this transport knows no detours.
   */
  detour?(host: HostName, peer: Host | null): void
}

/** Asks allocations how they are, from where they run. Never rejects. */
export interface Prober {
  ask(host: Host, ask: HealthAsk): Promise<HealthAnswer>
}

/** The control machine's own looks: one ping, or one connection to `port` where ping can't be had. */
export interface Pinger {
  reaches(address: string, port: number, timeoutMs: Millis): Promise<boolean>
  /** Addresses of the default gateway, for the witness. */
  gateways(): Promise<readonly string[]>
  /** Hardware address, in lower case, behind an address of this machine's subnets; null: not known. Absent: never. */
  card?(address: string): Promise<string | null>
}

/** A held lock. */
export interface Lock {
  /** Resolves when every write made under it has ended. A second call does nothing. */
  release(): Promise<void>
  /** False when what is locked was taken away meanwhile (`rm -rf .hc`): another hc may act by now. */
  stillValid(): Promise<boolean>
  /** Of a loop's lock of a shared store: rises from holder to holder. */
  readonly election?: number
}

/** Tells people and programs. */
export interface Notifier {
  /** One try, bounded. Throws UserError with the reason. */
  send(target: OpenTarget, notice: Notice): Promise<void>
  /** Runs a program of the operator with `input` on its stdin. Throws UserError where it fails. */
  run(argv: readonly string[], input: string, timeoutMs: Millis): Promise<void>
}

/** Cuts and gives power. */
export interface Fencer {
  /** Resolves when the driver says that it has done it. Throws UserError. */
  act(rule: OpenFence, verb: 'off' | 'on'): Promise<void>
  /** Is the power off? Throws UserError where the driver can't tell. */
  isOff(rule: OpenFence): Promise<boolean>
}

/** What is kept on the control machine. */
export interface Store {
  /** The records, or null where there are none yet. Throws UserError when they can't be read, MovedError where they live elsewhere. */
  read(): Promise<Records | null>
  /** Replaces the records, durably: after it resolves they survive a power cut. Needs the lock. */
  write(records: Records): Promise<void>
  /** First records as `create` would make them, with a new cluster id and key; nothing is written. */
  draft(): Records
  /** Makes the first records: cluster id, key and term. Needs the lock. */
  create(): Promise<Records>
  /** At most one hc acts at a time. Freed by the kernel when the process dies. Throws LockedError after `timeoutMs`. */
  lock(timeoutMs: Millis): Promise<Lock>
  /** Held by a loop for its life; null when another one holds it. */
  lockLoop(): Promise<Lock | null>
  /** Does a loop tick on this store? */
  loopHeld(): Promise<boolean>
  appendEvents(events: readonly NewEvent[], term: number): Promise<readonly Event[]>
  /** The newest `limit` events after `afterId`, oldest first. */
  events(options: { readonly limit: number; readonly afterId?: number }): Promise<readonly Event[]>
  /** Keeps each durably; their sha256, hex, in the same order. */
  putBlobs(all: readonly Uint8Array[]): Promise<readonly string[]>
  getBlob(sha256: string): Promise<Uint8Array | null>
  /** Drops blobs that are not in `keep`. */
  pruneBlobs(keep: readonly string[]): Promise<void>
  /** All that it keeps, at one moment, wherever its records live; null: no records. Needs the lock. */
  dump(): Promise<StoreContents | null>
  /** Replaces all that it keeps. Needs the lock. */
  load(contents: StoreContents): Promise<void>
  readLoop(): Promise<LoopSnapshot | null>
  writeLoop(snapshot: LoopSnapshot): Promise<void>
  /** The last few, newest first; empty where there are none, or they can't be read. */
  readSurvival(): Promise<readonly KeptSurvival[]>
  /** Needs no lock and never rejects: what can't be kept is worked out again. */
  writeSurvival(kept: readonly KeptSurvival[]): Promise<void>
  /** What was wrong when the loop ticked last; empty where there is nothing, or it can't be read. */
  readIncidents(): Promise<readonly KeptIncident[]>
  /** Needs no lock and never rejects: what can't be kept is told of again. */
  writeIncidents(kept: readonly KeptIncident[]): Promise<void>
  /** Calls back when another process changed the records. */
  watch(onChange: () => void): { stop(): void }
  /** How long what this process holds surely holds still, by the machine's own clock. Absent: for as long as it lives. */
  leftMs?(): Millis
  /** Several machines share the store, one leads. `tell`: the digest of what this loop goes by; `leave`: it stands by no more, never rejects. Absent: it is this machine's alone. */
  readonly control?: { show(): Promise<ControlView>; tell?(inventory: string): Promise<void>; leave?(): Promise<void> }
}

/** Works on a question beside the program, so that nothing waits for it. What goes in and comes out is plain data. */
export interface Solver<Question, Answer> {
  /** The answer; null where the signal was aborted before. Rejects where it can't be worked out here. */
  solve(question: Question, signal: AbortSignal): Promise<Answer | null>
  /** Ends what is under way. */
  close(): void
}

/** Who watches the loop. */
export interface FeedViewer {
  onView(view: LiveView): void
  /** The loop lives: told about every second. `trouble`: why its last tick failed; null: it did not. */
  onAlive(trouble: string | null): void
}

/** Why watching ended. `none`: no loop serves here; `foreign`: it speaks another format; `refused`: too many watch, or this login may not. */
export interface FeedEnd {
  readonly kind: 'none' | 'ended' | 'foreign' | 'refused'
  /** A sentence for the person. */
  readonly text: string
}

/** The loop's snapshots, tick by tick, for whoever watches on this machine. Nothing of it ever throws or waits for a viewer. */
export interface Feed {
  /** Serves a tick's snapshot, and begins to serve where it does not yet. `make` is called only where somebody watches. */
  publish(make: () => LiveView): void
  /** Tells viewers that a tick failed. */
  fail(text: string): void
  /** A loop begins; several may in one process, one after the other, where control machines take turns. */
  open(): void
  /** Ends serving: also what a tick under way publishes is served no more. */
  close(): Promise<void>
  /** Watches the loop of this store until the signal is aborted or the feed ends. Never rejects. */
  subscribe(viewer: FeedViewer, signal: AbortSignal): Promise<FeedEnd>
}

/** What the control machine's own files and programs give: job sources, secrets. */
export interface Sources {
  /** Throws UserError. */
  readFile(path: string): Promise<Uint8Array>
  /** Paths of the files below a folder, relative to it, sorted; at most `depth` folders down. Empty where it is missing. */
  list(folder: string, depth: number): Promise<readonly string[]>
  /** Changes whenever the file or folder does (size and time of change); null where there is none. */
  stamp(path: string): Promise<{ readonly kind: 'file' | 'folder'; readonly value: string } | null>
  environment(name: string): string | undefined
  /** Runs a command of the operator (a secret's source) with a bound; its stdout. Throws UserError. */
  commandOutput(argv: readonly string[], timeoutMs: Millis): Promise<Uint8Array>
}

/** Text files of the operator that hc edits. Paths are absolute; all throw UserError. */
export interface TextFiles {
  /** The whole text, a byte order mark included. Throws where it is no UTF-8. */
  read(path: string): Promise<string>
  /** Replaces the text durably, with the mode and owner that it had; throws where the file is not `before` any more. */
  replace(path: string, before: string, after: string): Promise<void>
  /** Copies a file or folder to a name that is free. */
  copy(from: string, to: string): Promise<void>
  /** Takes a file or folder away. */
  remove(path: string): Promise<void>
  /** A private copy of a text outside of the inventory's folder, for an editor; its path. */
  draft(name: string, text: string): Promise<string>
}
