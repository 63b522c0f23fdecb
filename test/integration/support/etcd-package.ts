// A host without etcd, and an archive in its own file system that has the package: so apt installs it without a network.
import { type LabHost, on } from './lab.js'

/** The archive, on the host. */
const ARCHIVE = '/srv/hc-test-archive'

/** The package is made anew from what the host has of it, taken away, and offered by an archive that apt has not read yet. */
const TAKE = `set -e
P=etcd-server A=${ARCHIVE} T=${ARCHIVE}/tree
rm -rf $A && mkdir -p $T/DEBIAN
dpkg -L $P | while read -r f; do
  if [ -d "$f" ]; then mkdir -p "$T$f"; elif [ -e "$f" ]; then cp -a "$f" "$T$f"; fi
done
dpkg -s $P | sed -e '/^Status:/d' -e '/^Conffiles:/,/^[A-Z]/{/^Conffiles:/d;/^ /d;}' >$T/DEBIAN/control
for s in postinst prerm postrm preinst conffiles; do
  [ ! -e /var/lib/dpkg/info/$P.$s ] || cp -a /var/lib/dpkg/info/$P.$s $T/DEBIAN/$s
done
dpkg-deb -Znone --root-owner-group -b $T $A/$P.deb >/dev/null
{
  cat $T/DEBIAN/control
  printf 'Filename: ./%s.deb\\nSize: %s\\nSHA256: %s\\n\\n' $P "$(stat -c %s $A/$P.deb)" "$(sha256sum <$A/$P.deb | cut -c 1-64)"
} >$A/Packages
rm -rf $T
systemctl stop etcd.service 2>/dev/null || :
dpkg --purge $P >/dev/null 2>&1
# The lab's image masks the package's own unit; a machine at home does not.
rm -f /etc/systemd/system/etcd.service
mkdir -p $A/aside
mv /etc/apt/sources.list /etc/apt/sources.list.d/* $A/aside/ 2>/dev/null || :
echo 'deb [trusted=yes] file:${ARCHIVE} ./' >/etc/apt/sources.list.d/hc-test.list
rm -rf /var/lib/apt/lists/*
systemctl daemon-reload
! command -v etcd >/dev/null
`

const BACK = `rm -f /etc/apt/sources.list.d/hc-test.list
[ -x /usr/bin/etcd ] || dpkg -i ${ARCHIVE}/etcd-server.deb >/dev/null 2>&1
for f in ${ARCHIVE}/aside/*; do
  case $f in (*/sources.list) mv "$f" /etc/apt/ ;; (*'*') ;; (*) mv "$f" /etc/apt/sources.list.d/ ;; esac
done
ln -sf /dev/null /etc/systemd/system/etcd.service
rm -rf ${ARCHIVE} /var/lib/etcd
systemctl daemon-reload
`

/** Takes etcd away from a host, whose apt has it in an archive. */
export async function takeEtcd(host: LabHost): Promise<void> {
  await on(host, TAKE)
}

/** The host is as it was, whatever became of the test. */
export async function bringEtcdBack(host: LabHost): Promise<void> {
  await on(host, BACK)
}
