// Certificates for tests, made with openssl in a folder.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Can they be made? */
export const HAVE_OPENSSL = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const openssl = (folder: string, ...argv: readonly string[]) =>
  execFileSync('openssl', argv, { cwd: folder, stdio: 'ignore' })

/** `NAME.pem` and `NAME.key` of a CA. */
export function makeCa(folder: string, name: string): void {
  const out = ['-keyout', `${name}.key`, '-out', `${name}.pem`]
  openssl(folder, 'req', '-x509', ...CURVE, ...out, '-subj', `/CN=${name}`, '-days', '2')
}

/** `NAME.pem` and `NAME.key`, signed by a CA of the folder. `days` below 0: it has expired. */
export function makeCertificate(
  folder: string,
  name: string,
  {
    ca = 'ca',
    for: names = 'DNS:localhost,IP:127.0.0.1',
    use = 'serverAuth,clientAuth',
    days = 2,
    subject = `/CN=${name}`,
  } = {},
): void {
  openssl(folder, 'req', ...CURVE, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\nextendedKeyUsage=${use}\n`)
  const signer = ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', String(days)]
  openssl(folder, 'x509', '-req', '-in', `${name}.csr`, ...signer, '-extfile', `${name}.ext`, '-out', `${name}.pem`)
}
