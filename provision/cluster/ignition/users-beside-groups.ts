import type { IgnitionConfig } from 'ignition-ts';

/** Groups of a machine's image (Debian's base-passwd, and what its packages bring) by whose names no user goes. */
const groupsOfTheImage = new Set(
  (
    '_ssh adm audio cdrom crontab dialout dip disk docker fax floppy input kmem kvm netdev nogroup operator plugdev render sasl sgx shadow ' +
    'src staff sudo systemd-journal tape tty users utmp video voice'
  ).split(' '),
);

/**
 * A config whose users can be made: Ignition calls useradd(8), which gives each user a group of the same name and refuses when there is
 * one. Who says nothing of groups gets none: one that the config itself makes is then the user's own, one of the image (`operator`,
 * whose rights the reader hardly meant) is not. Pure.
 */
export function usersBesideGroups(config: IgnitionConfig): IgnitionConfig {
  const { passwd } = config;
  if (passwd?.users === undefined) return config;
  const made = new Set(passwd.groups?.map(({ name }) => name));
  const users = passwd.users.map((user) => {
    if (user.primaryGroup !== undefined || user.noUserGroup === true || user.shouldExist === false) return user;
    if (made.has(user.name)) return { ...user, primaryGroup: user.name };
    return groupsOfTheImage.has(user.name) ? { ...user, noUserGroup: true } : user;
  });
  return { ...config, passwd: { ...passwd, users } };
}
