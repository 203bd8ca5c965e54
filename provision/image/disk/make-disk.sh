#!/bin/sh
# Makes a partitioned raw disk RAW with the root file system ROOT, and GRUB's core image CORE, without loop devices.
set -eu
echo 'step: make partitions and file system'
truncate -s "$DISK_BYTES" "$RAW"
printf '%s' "$PARTITION_TABLE" | sfdisk --quiet "$RAW"
# GRUB 2.06 cannot read file systems with these two features, which newer versions of mke2fs switch on.
mke2fs -q -F -t ext4 -b 4096 -L root -m 0 -O ^metadata_csum_seed,^orphan_file -E "offset=$ROOT_OFFSET" -d "$ROOT" "$RAW" "${ROOT_KIB}k"
# shellcheck disable=SC2086 # a list of words
grub-mkimage --format i386-pc --prefix "$GRUB_PREFIX" --output "$CORE" $GRUB_MODULES
