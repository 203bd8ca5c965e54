#!/bin/sh
# Turns a fresh Debian root directory into an ordinary host that boots in QEMU. Called by mmdebstrap with the root
# directory as $1; FILES is the directory of files to lay over the root, PUBLIC_KEY who may log in as root.
set -eu
root=$1
cp -a --no-preserve=ownership "$FILES/." "$root/"
echo host >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 host\n::1 localhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
# What mmdebstrap copied names the resolver and the mirror of the machine it ran on.
printf 'nameserver 10.0.2.3\noptions timeout:1 attempts:1\n' >"$root/etc/resolv.conf"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root"/etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv/lab/debs ./' >"$root/etc/apt/sources.list"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin

install -d -m 700 "$root/root/.ssh" "$root/root/.cache"
install -m 600 "$PUBLIC_KEY" "$root/root/.ssh/authorized_keys"
ln -s /srv/lab/npmrc "$root/root/.npmrc"
mkdir -p "$root/srv/lab" "$root/root/coreos-lab" "$root/var/log/journal"
chroot "$root" systemctl --quiet enable systemd-networkd.service
# They would wake up while a test measures, for work that this guest's few hours do not need.
chroot "$root" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service fstrim.timer man-db.timer
