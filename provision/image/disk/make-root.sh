#!/bin/sh
# Makes a bootable root directory ROOT out of the OS image BASE: kernel, initramfs with Ignition, what a virtual machine
# has and a container has not. Runs in mount and process namespaces of its own, which take its mounts away.
# PACKAGES, DRIVERS: lists; FILES: directory to lay over; APT_CONFIG: see apt-config.ts.
set -eu
step() { echo "step: $1"; }

step 'copy the OS image'
cp -a --reflink=auto "$BASE" "$ROOT"

# Never the host's /dev: udev's installation changes owners and modes of the nodes it finds.
mount -t tmpfs -o mode=755,size=8m coreos-lab-dev "$ROOT/dev"
for node in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "$ROOT/dev/${node%:*}" c 1 "${node#*:}"
done
mknod -m 666 "$ROOT/dev/tty" c 5 0
ln -s /proc/self/fd "$ROOT/dev/fd"
ln -s fd/0 "$ROOT/dev/stdin"
ln -s fd/1 "$ROOT/dev/stdout"
ln -s fd/2 "$ROOT/dev/stderr"
mkdir "$ROOT/dev/shm" "$ROOT/dev/pts"
mount -t proc coreos-lab-proc "$ROOT/proc"
mount -t sysfs -o ro coreos-lab-sys "$ROOT/sys"
mount -t tmpfs -o mode=755 coreos-lab-run "$ROOT/run"
mount -t tmpfs -o mode=1777 coreos-lab-tmp "$ROOT/tmp"

step 'fetch and install kernel, udev, dracut and Ignition'
# Presets would already be spent when the machine first boots, and dracut would run twice, first without our module.
export DEBIAN_FRONTEND=noninteractive INITRD=No
apt-get -q -o APT::Get::List-Cleanup=false update
# shellcheck disable=SC2086 # a list of words
apt-get -q -y install $PACKAGES
cp -a --no-preserve=ownership "$FILES/." "$ROOT/"

step 'make the initramfs'
version=$(ls "$ROOT/lib/modules")
chroot "$ROOT" dracut --force --no-hostonly --no-hostonly-cmdline --zstd --quiet \
  --modules 'bash systemd systemd-initrd base fs-lib kernel-modules rootfs-block udev-rules dracut-systemd shutdown usrmount qemu url-lib network network-legacy ignition lab-ignition' \
  --drivers "$DRIVERS" --filesystems ext4 "/boot/initrd.img-$version" "$version"
ln -sf "vmlinuz-$version" "$ROOT/boot/vmlinuz"
ln -sf "initrd.img-$version" "$ROOT/boot/initrd.img"
touch "$ROOT/boot/ignition.firstboot"

step 'tidy'
# What the OS image masks because a container's host does it, a virtual machine does itself.
for unit in modprobe@.service systemd-modules-load.service getty.target systemd-update-utmp.service; do
  rm -f "$ROOT/etc/systemd/system/$unit"
done
# Links that packages made just now; the first boot's presets decide, as in every machine of the lab.
find "$ROOT/etc/systemd/system" -type l ! -lname /dev/null ! -name default.target -delete
find "$ROOT/etc/systemd/system" -mindepth 1 -type d -empty -delete
rm -f "$ROOT/etc/machine-id" "$ROOT/var/lib/dbus/machine-id" "$ROOT/etc/hostname"
rm -rf "$ROOT"/var/cache/apt/* "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/log/*.log "$ROOT/var/log/apt" "$ROOT"/var/lib/etcd/*
mkdir -p "$ROOT/boot/grub"
