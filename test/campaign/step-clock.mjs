// Loaded into a node program before its own code: after a while its wall clock jumps. HC_TEST_STEP: by so many ms, after so many.
const [by, after] = (process.env.HC_TEST_STEP ?? '0 0').split(' ').map(Number)
const RealDate = Date
const shift = () => (performance.now() > after ? by : 0)
globalThis.Date = class extends RealDate {
  constructor(...words) {
    if (words.length === 0) super(RealDate.now() + shift())
    else super(...words)
  }
  static now() {
    return RealDate.now() + shift()
  }
}
