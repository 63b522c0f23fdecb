// What both ends of the feed agree on.
import { closeSync, openSync } from 'node:fs'
import type { LiveView } from '../model/views.js'

/** Rises when a line changes so that an older viewer would misread it. */
export const FEED_FORMAT = 1
/** The socket, in the store's folder. */
export const FEED_SOCKET = 'loop.sock'
/** Between two signs of life, ms. */
export const ALIVE_EVERY_MS = 1000

/** A line of the feed. The first is `hello`; a refusal comes instead of it. */
export type FeedLine =
  | { readonly hello: 'hc-feed'; readonly format: number }
  | { readonly refused: string }
  | { readonly alive: true; readonly trouble: string | null }
  | { readonly view: LiveView }

/** The folder, opened: a socket's address has 107 bytes at most, and a path through an open descriptor is always short. */
export interface OpenFolder {
  /** Path of the socket by way of the descriptor. */
  readonly socket: string
  close(): void
}

/** Opens the folder. Throws what the file system says. */
export function openFolder(folder: string): OpenFolder {
  const descriptor = openSync(folder, 'r')
  let open = true
  return {
    socket: `/proc/self/fd/${descriptor}/${FEED_SOCKET}`,
    close: () => {
      if (open) closeSync(descriptor)
      open = false
    },
  }
}
