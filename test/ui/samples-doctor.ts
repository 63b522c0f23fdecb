// What `hc doctor` found on a cluster with something on every level.
import type { DoctorView } from '../../src/model/doctor.js'
import { doctorView, finding } from '../../src/planner/doctor.js'

/** Nothing worse than notes. */
export const EXAMINED: DoctorView = doctorView(
  ['nuc1'],
  [
    finding('store', null, { text: 'the store /srv/.hc is there, for its owner alone', level: 'ok' }),
    finding('engines', 'nuc1', { text: 'neither podman nor docker is there', mend: 'apt install podman on the host' }),
    finding('answers', 'nuc1', { text: 'root@10.0.0.1:22 answers in 12ms' }),
  ],
  [],
)
