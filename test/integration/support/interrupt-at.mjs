// Loaded into hc before it begins: it sends itself a signal while it says HC_TEST_AT, or so many ms after. Whoever reads what it says
// from outside comes late on a busy machine: the step is over by then, and what is interrupted is another one.
const { HC_TEST_AT: text = '', HC_TEST_SIGNAL: signal, HC_TEST_AFTER_MS: afterMs } = process.env
const write = process.stderr.write.bind(process.stderr)
let isOver = text === ''

process.stderr.write = (chunk, ...rest) => {
  const isNow = !isOver && String(chunk).includes(text)
  const done = write(chunk, ...rest)
  if (!isNow) return done
  isOver = true
  const end = () => process.kill(process.pid, signal)
  if (afterMs === '0') end()
  else setTimeout(end, Number(afterMs))
  return done
}
