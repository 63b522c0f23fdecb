// What both ends of the feed agree on.
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
