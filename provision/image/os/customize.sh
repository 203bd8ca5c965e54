#!/bin/sh
# Turns a fresh Debian root directory into a machine image. Called by mmdebstrap with the root directory as $1;
# NODE_BINARY is the host's Node, FILES the directory of files to lay over the root.
set -eu
root=$1
# A clone made under umask 077 has modes that would close the machine's own / and /etc.
umask 022
cp -dR --preserve=timestamps --no-preserve=mode,ownership "$FILES/." "$root/"
chmod 440 "$root/etc/sudoers.d/lab"
install -m 755 "$NODE_BINARY" "$root/usr/bin/node"

# The chapter's etcdctl grammar is delivered by Ignition; Debian's client stays reachable beside it.
chroot "$root" dpkg-divert --quiet --local --rename --divert /usr/bin/etcdctl.real --add /usr/bin/etcdctl

# Whatever must differ between machines goes, so that the first boot of each makes its own
# (a missing machine-id is also what makes systemd apply the presets that Ignition writes).
rm -f "$root/etc/machine-id" "$root/var/lib/dbus/machine-id" "$root"/etc/ssh/ssh_host_* "$root/etc/docker/key.json" "$root/etc/hostname"
rm -rf "$root/var/lib/etcd/default"
find "$root/etc/systemd/system" -type l -delete
find "$root/etc/systemd/system" -mindepth 1 -type d -empty -delete

# Units that make no sense in a container machine, or would act on the host behind it.
for unit in systemd-firstboot.service sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount dev-mqueue.mount \
  systemd-journald-audit.socket systemd-pstore.service systemd-modules-load.service systemd-timesyncd.service \
  systemd-networkd-wait-online.service getty.target console-getty.service e2scrub_all.timer e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer systemd-update-utmp.service \
  systemd-update-utmp-runlevel.service modprobe@.service rc-local.service systemd-rfkill.service \
  systemd-hwdb-update.service systemd-update-done.service ldconfig.service systemd-journal-catalog-update.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
# What would look for encrypted disks, SysV scripts and the like at every daemon-reload; fleetd does one for each unit it
# loads, and an emulated machine takes seconds for it.
mkdir -p "$root/etc/systemd/system-generators"
for generator in cryptsetup debug gpt-auto hibernate-resume integritysetup rc-local run system-update sysv veritysetup; do
  ln -sf /dev/null "$root/etc/systemd/system-generators/systemd-$generator-generator"
done
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
mkdir -p "$root/var/log/journal" "$root/var/lib/lxcfs" "$root/opt/lab/bin" "$root/opt/lab/proto"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/var/log/apt
