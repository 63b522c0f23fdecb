import { dockerDriver } from '../../src/drivers/docker.js'
import { podmanDriver } from '../../src/drivers/podman.js'
import { systemdDriver } from '../../src/drivers/systemd.js'
import { conformance } from './conformance.js'

conformance(systemdDriver, { command: ['/usr/bin/httpd', '-f'] })
conformance(podmanDriver, { image: 'localhost/web:1' })
conformance(dockerDriver, { image: 'localhost/web:1' })
