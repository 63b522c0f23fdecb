// The live progress of an apply. Only this file and live.tsx import ink and react.
import { Box, Static, Text } from 'ink'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { sanitizeLine } from '../sanitize.js'
import type { Style } from '../style.js'
import { type FrameSize, frameLines } from './lines.js'
import type { ProgressState } from './state.js'

/** Where the view reads from. */
export interface ProgressSource {
  /** The newest state; the same object until something changes. */
  current(): ProgressState
  subscribe(onChange: () => void): () => void
  /** ms since the apply began. */
  elapsed(): number
  size(): FrameSize
}

/** ms between two frames: ten a second at most. */
const FRAME = 100

/** All slots in one text (one node is an order of magnitude cheaper than one per cell), notes above it for good. */
export function ProgressView({ source, style }: { readonly source: ProgressSource; readonly style: Style }) {
  const state = useSyncExternalStore(source.subscribe, source.current)
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), FRAME)
    return () => clearInterval(timer)
  }, [])
  const notes = state.notes.map((note, index) => ({ key: index, ...note }))
  return (
    <Box flexDirection="column">
      <Static items={notes}>
        {({ key, warning, text }) => (
          <Text key={key}>{`${warning ? style.paint('warn', 'warning: ') : ''}${sanitizeLine(text)}`}</Text>
        )}
      </Static>
      <Text wrap="truncate">{frameLines(state, source.elapsed(), source.size(), style).join('\n')}</Text>
    </Box>
  )
}
