#!/bin/bash
# dracut module: what Debian's Ignition lacks in an initramfs.

check() {
    return 255
}

depends() {
    echo ignition systemd
}

install() {
    # Debian's Ignition always relabels what it wrote, SELinux or not; /etc/selinux/config of the image says it is off.
    inst_script "$moddir/setfiles" /usr/sbin/setfiles

    # A network when the config needs one (Ignition says so by a file): eth0 by DHCP, as after the boot.
    inst_multiple ip \
        "$systemdutildir/systemd-networkd" \
        "$systemdutildir/systemd-networkd-wait-online" \
        "$systemdsystemunitdir/systemd-networkd.service" \
        "$systemdsystemunitdir/systemd-networkd.socket" \
        /usr/lib/systemd/network/10-eth0.network
    grep '^systemd-network:' "$dracutsysrootdir/etc/passwd" >> "$initdir/etc/passwd"
    grep '^systemd-network:' "$dracutsysrootdir/etc/group" >> "$initdir/etc/group"
    inst_simple "$moddir/lab-ignition-network.service" "$systemdsystemunitdir/lab-ignition-network.service"
    mkdir -p "$initdir/$systemdsystemunitdir/ignition-complete.target.wants"
    ln_r "$systemdsystemunitdir/lab-ignition-network.service" \
        "$systemdsystemunitdir/ignition-complete.target.wants/lab-ignition-network.service"
}
