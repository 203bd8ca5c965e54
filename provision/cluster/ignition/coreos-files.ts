import { directory, file } from 'ignition-ts';

/** With sbin for everybody, as systemd's own default. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin';

/** /opt/bin is where one put programs of one's own: /usr could not be written. It is on the PATH of whoever comes in. */
export const coreosDirectories = [directory({ path: '/opt/bin' })];

/**
 * Files that unit files and scripts of CoreOS's days take for granted on a machine.
 * @param address of the machine; both variables are that, as with coreos-vagrant: a lab has one network
 */
export function coreosFiles(address: string) {
  return [
    file({
      path: '/etc/environment',
      overwrite: true,
      contents: `COREOS_PUBLIC_IPV4=${address}\nCOREOS_PRIVATE_IPV4=${address}\n`,
    }),
    file({ path: '/etc/profile.d/opt-bin.sh', contents: `PATH=${path}\n` }),
    // A command by ssh reads no profile, and sudo sets a PATH of its own.
    file({ path: '/etc/ssh/sshd_config.d/path.conf', contents: `SetEnv PATH=${path}\n` }),
    file({ path: '/etc/sudoers.d/path', mode: 0o440, contents: `Defaults secure_path="${path}"\n` }),
  ];
}
