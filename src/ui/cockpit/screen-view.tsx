// The cockpit in ink: one text whose lines are the screen. Of the cockpit only this file and start.tsx import ink and react.
import { Box, Transform, useInput } from 'ink'
import { useSyncExternalStore } from 'react'
import { type Key, keysOf } from './keys.js'

/** Where the screen comes from and the keys go to. */
export interface ScreenSource {
  /** All lines; the same array until something changes. */
  lines(): readonly string[]
  subscribe(onChange: () => void): () => void
  /** The keys of one event. */
  onKeys(keys: readonly Key[]): void
}

/**
 * Lines are put in by a transformation of a text that stays the same: ink 6.8 measures each new text anew and remembers all
 * of them for ever, which would let the memory grow as long as the cockpit is open.
 */
export function ScreenView({ source }: { readonly source: ScreenSource }) {
  const lines = useSyncExternalStore(source.subscribe, source.lines)
  useInput((input, key) => {
    source.onKeys(keysOf(input, key))
  })
  return (
    <Box height={lines.length} overflow="hidden">
      <Transform transform={(_, index) => lines[index] || ' '}>{blank(lines.length)}</Transform>
    </Box>
  )
}

/** A text of so many lines. */
function blank(rows: number): string {
  return Array.from({ length: rows }, () => ' ').join('\n')
}
