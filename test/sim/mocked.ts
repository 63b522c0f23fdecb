// Puts the simulated scripts in place of those that hc sends. A test that plays a simulation imports this before all else: what
// was loaded before would keep the real ones.
import { vi } from 'vitest'

vi.mock('../../src/remote/write.js', async (original) => ({
  ...(await original<object>()),
  writeScript: (await import('./scripts.js')).simWriteScript,
}))
vi.mock('../../src/remote/look.js', async (original) => ({
  ...(await original<object>()),
  lookScript: (await import('./scripts.js')).simLookScript,
}))
vi.mock('../../src/remote/identity.js', async (original) => ({
  ...(await original<object>()),
  identityScript: (await import('./scripts.js')).simIdentityScript,
}))
vi.mock('../../src/remote/probe.js', async (original) => ({
  ...(await original<object>()),
  probeScript: (await import('./scripts.js')).simProbeScript,
  parseProbe: (await import('./scripts.js')).simParseProbe,
  parseRepeated: (await import('./scripts.js')).simParseRepeated,
}))
