# The whole library of the lab, in the order its parts build on each other. Whoever sources it sets LIB first:
#   LIB=bin/lib; . "$LIB/lab.sh"; verb_up 3; verb_kill nuc1
for part in common apt cgroup network shape seed image registry hosts inventory preflight verbs; do
  # shellcheck disable=SC1090
  . "$LIB/$part.sh"
done
unset part
# What a lab of the benchmarks needs beside that, in a root file system of its own (the list is part of its key).
IMAGE_PACKAGES="$IMAGE_PACKAGES${HC_LAB_PACKAGES:+ $HC_LAB_PACKAGES}"
export LIB HC_LAB_DIR HC_LAB_NAME HC_LAB_SUBNET HC_LAB_STATE
