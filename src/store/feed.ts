// The loop's feed: snapshots over a Unix socket in the store's folder, one JSON line per tick. The folder (0700) and the socket
// (0600) are the whole of its permissions: the owner of the store and root can watch. Nothing is written to the disk.
import type { Feed } from '../ports.js'
import { type FeedOptions, FeedServer } from './feed-server.js'
import { watchFeed } from './feed-viewer.js'

/** The feed of the store in `folder`. Touches nothing yet. */
export function openFeed(folder: string, options: FeedOptions): Feed {
  const server = new FeedServer(folder, options)
  return {
    open: () => server.open(),
    publish: (make) => server.publish(make),
    fail: (text) => server.fail(text),
    close: () => server.close(),
    subscribe: (viewer, signal) => watchFeed(folder, viewer, signal),
  }
}
