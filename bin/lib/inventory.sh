# The inventory of a lab that is up: an Ansible inventory like a home's, that hc and Ansible take unchanged.

INVENTORY=$HC_LAB_STATE/inventory.yml

keys_write() {
  mkdir -p "$HC_LAB_STATE/hosts"
  chmod 700 "$HC_LAB_STATE/hosts"
  printf '%s\n' "$HC_LAB_SUBNET" >"$HC_LAB_STATE/subnet"
  [ -f "$HC_LAB_STATE/id" ] || ssh-keygen -q -t ed25519 -N '' -C "$HC_LAB_NAME" -f "$HC_LAB_STATE/id"
}

known_hosts_write() {
  local host type
  for host in $(host_names); do
    for type in ed25519 ecdsa; do
      printf '%s,%s ' "$(host_address "$host")" "$host"
      cut -d' ' -f1,2 "$(host_dir "$host")/root/etc/ssh/ssh_host_${type}_key.pub"
    done
  done >"$HC_LAB_STATE/known_hosts.new" && mv "$HC_LAB_STATE/known_hosts.new" "$HC_LAB_STATE/known_hosts"
}

inventory_write() {
  local host n memory ssd
  {
    printf '# Written by bin/lab: the hosts of the lab "%s".\nall:\n  vars:\n' "$HC_LAB_NAME"
    printf '    ansible_user: root\n    ansible_ssh_private_key_file: %s\n' "$HC_LAB_STATE/id"
    printf '    ansible_ssh_common_args: "-o UserKnownHostsFile=%s -o StrictHostKeyChecking=yes"\n' "$HC_LAB_STATE/known_hosts"
    printf '    ansible_python_interpreter: auto_silent\n'
    printf '    hc_witness: [%s]\n  hosts:\n' "$WITNESS_ADDRESS"
    for host in $(host_names); do
      n=${host#nuc}
      # Boxes at home are seldom all the same.
      case $((n % 3)) in 1) memory=8Gi ssd=true ;; 2) memory=8Gi ssd=false ;; *) memory=6Gi ssd=true ;; esac
      printf '    %s:\n      ansible_host: %s\n' "$host" "$(host_address "$host")"
      printf '      hc_capacity: {cpu: 4, memory: %s, disk: 20Gi}\n' "$memory"
      printf '      hc_labels: {rack: %s, ssd: %s}\n' "$([ $((n % 2)) -eq 1 ] && echo a || echo b)" "$ssd"
    done
  } >"$INVENTORY.new" && mv "$INVENTORY.new" "$INVENTORY"
}
