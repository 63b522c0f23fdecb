# Container images without a registry: made from busybox once, with the engines of the root file system itself, and kept as
# archives that each new host's disk begins with. A small registry gets the same images, for tests of pull and digest.

seed_build() {
  local dir=$1 seed=$1/seed
  mkdir -p "$seed"
  seed_tree "$seed/tree" "$dir/rootfs" || return 1
  # Namespaces of its own: no process of it outlives it, no mount is seen outside, its network is loopback alone.
  unshare --mount --net --pid --fork --kill-child --mount-proc sh -c '
    set -e
    root=$1 seed=$2
    ip link set lo up
    work=$(mktemp -d "$seed/work.XXXXXX")
    mount -t tmpfs -o size=600m,mode=755 tmpfs "$work"
    mkdir "$work/upper" "$work/work" "$work/merged" "$work/containers" "$work/docker" "$work/registry"
    # The root stays as it is: what the engines leave behind goes to memory.
    mount -t overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" overlay "$work/merged"
    cd "$work/merged"
    mount -t proc proc proc; mount --rbind /sys sys; mount --rbind /dev dev
    mount -t tmpfs tmpfs run; mount -t tmpfs tmpfs tmp
    mkdir -p var/lib/containers var/lib/docker var/lib/docker-registry seed
    mount --bind "$work/containers" var/lib/containers
    mount --bind "$work/docker" var/lib/docker
    mount --bind "$work/registry" var/lib/docker-registry
    mount --bind "$seed" seed
    printf "127.0.0.1 localhost registry.lab\n" >etc/hosts
    chroot . sh /seed/inside.sh
    cd "$work"
    tar -C "$work/containers" -cf "$seed/containers.tar" .
    tar -C "$work/docker" -cf "$seed/docker.tar" .
    tar -C "$work/registry" -cf "$seed/registry.tar" .
  ' seed "$dir/rootfs" "$seed" || return 1
  rm -rf "$seed"/work.* "$seed/tree" "$seed/inside.sh"
}

# seed_tree DIR ROOTFS: what is in the images, and the script that runs inside the root.
seed_tree() {
  local tree=$1 v
  for v in 1 2; do
    mkdir -p "$tree/$v/bin" "$tree/$v/www" "$tree/$v/tmp" "$tree/$v/etc"
    cp "$2/bin/busybox" "$tree/$v/bin/busybox" || return 1
    chroot "$2" /bin/busybox --list | while read -r name; do ln -sf busybox "$tree/$v/bin/$name" 2>/dev/null; done
    rm -f "$tree/$v/bin/busybox.tmp"
    cp "$2/bin/busybox" "$tree/$v/bin/.b" && mv -f "$tree/$v/bin/.b" "$tree/$v/bin/busybox"
    printf 'root:x:0:0:root:/:/bin/sh\nwww-data:x:33:33:www-data:/www:/bin/sh\n' >"$tree/$v/etc/passwd"
    printf 'root:x:0:\nwww-data:x:33:\n' >"$tree/$v/etc/group"
    printf 'hc-web version %s\n' "$v" >"$tree/$v/www/index.html"
    printf 'ok\n' >"$tree/$v/www/healthz"
    # busybox httpd as PID 1 ignores SIGTERM, so a shell stands before it and passes the end on.
    cat >"$tree/$v/bin/hc-web" <<'EOF'
#!/bin/sh
trap 'kill "$child" 2>/dev/null; exit 0' TERM INT
httpd -f -p "${PORT:-8080}" -h "${ROOT:-/www}" &
child=$!
wait "$child"
EOF
    chmod 755 "$tree/$v/bin/hc-web"
  done
  cat >"${tree%/tree}/inside.sh" <<'EOF'
set -e
exec 2>&1
cd /seed/tree
for v in 1 2; do
  tar -C "$v" -c . | podman import -q -c 'CMD ["/bin/hc-web"]' -c 'WORKDIR /www' -c 'EXPOSE 8080' - "localhost/hc-web:$v"
done
podman images
cat >/tmp/registry.yml <<EOR
version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: /var/lib/docker-registry } }
http: { addr: "127.0.0.1:5000" }
EOR
registry=
if command -v docker-registry >/dev/null; then
  docker-registry serve /tmp/registry.yml >/tmp/registry.log 2>&1 &
  registry=$!
fi
dockerd --bridge=none --iptables=false --ip6tables=false --ip-forward=false >/tmp/dockerd.log 2>&1 &
engine=$!
i=0
until docker version >/dev/null 2>&1; do
  i=$((i + 1))
  [ "$i" -lt 200 ] || { tail -n 30 /tmp/dockerd.log; exit 1; }
  sleep 0.1
done
for v in 1 2; do
  tar -C "$v" -c . | docker import -c 'CMD ["/bin/hc-web"]' -c 'WORKDIR /www' -c 'EXPOSE 8080' - "localhost/hc-web:$v"
  [ -n "$registry" ] || continue
  docker tag "localhost/hc-web:$v" "registry.lab:5000/hc-web:$v"
  docker push -q "registry.lab:5000/hc-web:$v"
  docker rmi "registry.lab:5000/hc-web:$v"
done
docker images
kill "$engine"
wait "$engine" || :
[ -z "$registry" ] || kill "$registry"
EOF
}
