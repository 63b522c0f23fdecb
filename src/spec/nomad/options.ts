// What a container has beside its image, as the drivers for docker and podman name it in `config`.
import type { Job } from '../../model/job.js'
import { block, type Remarks } from './remarks.js'
import type { NomadBlock } from './structs.js'

/** `container` of the job; what a driver has no word for is told. */
export function options({ container, driver }: Job, remarks: Remarks): NomadBlock {
  if (container === null) return {}
  const docker = driver === 'docker'
  const none = (key: string, asked: readonly unknown[], hint: string | null = null) => {
    if (asked.length > 0)
      remarks.leftOut(`container.${key}`, `${asked.join(', ')}: not written for the ${driver} driver`, hint)
  }
  none(
    'devices',
    container.devices,
    docker ? 'devices = [{host_path = "..."}] in config' : 'devices = ["..."] in config',
  )
  none('tmpfs', container.tmpfs, docker ? 'mount { type = "tmpfs" } in config' : 'tmpfs = ["..."] in config')
  if (!docker) none('group_add', container.groupAdd)
  if (!docker && container.shmSize !== null) none('shm_size', [container.shmSize], 'shm_size = "..." in config')
  if (container.capAdd.length > 0) {
    remarks.differs(
      'container.cap_add',
      'clients allow few capabilities',
      `allow_caps in the configuration of the ${driver} plugin`,
    )
  }
  if (container.privileged) {
    remarks.differs(
      'container.privileged',
      'clients allow it where they are told to',
      'allow_privileged = true in the configuration of the plugin',
    )
  }
  return block({
    network_mode: container.network === 'host' ? 'host' : undefined,
    entrypoint: container.entrypoint ?? undefined,
    cap_add: container.capAdd,
    cap_drop: container.capDrop,
    group_add: docker ? container.groupAdd : undefined,
    shm_size: docker ? (container.shmSize ?? undefined) : undefined,
    readonly_rootfs: container.readOnly ? true : undefined,
    privileged: container.privileged ? true : undefined,
  })
}
