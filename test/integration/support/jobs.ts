// Jobs that the tests apply.

/** Something that answers on a port, as a systemd unit; `more` are further lines. */
export function webJob(port: number, ...more: readonly string[]): string {
  return [
    `command: [busybox, httpd, -f, -p, "\${HC_PORT_http}", -h, /etc]`,
    `ports: {http: ${port}}`,
    'resources: {cpu: 50m, memory: 32Mi}',
    ...more,
    '',
  ].join('\n')
}

/** Something that only stays. */
export function idleJob(...more: readonly string[]): string {
  return ['command: [sleep, infinity]', 'resources: {cpu: 20m, memory: 16Mi}', ...more, ''].join('\n')
}
