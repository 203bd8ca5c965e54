import type { EntriesOf } from './entry.ts';

/** Ignition configs. */
export const ignition = {
  'ignition.disks': {
    means:
      'The Ignition config has a part for disks, RAID, file systems or LUKS. A machine has no disk of its own: it ' +
      "would act on the host's.",
    remedy: "Remove that part; the lab makes a machine's root and /var/lib/docker.",
  },
  'ignition.duplicate': {
    means:
      'Something stands twice in one config: a path, unit, drop-in, user, key or header. Ignition refuses it. What the ' +
      "lab's config and yours both have is merged, and yours wins.",
    remedy: 'Keep one of them; the error says where the first one is.',
  },
  'ignition.failed': {
    means:
      "Ignition's own binary could not provision a machine. Its critical line is the cause, its last lines the " +
      'evidence.',
    remedy:
      'Correct what the cause names, in the file that ignition under [machines] in lab.toml gives, then `lab up`.',
  },
  'ignition.hash': {
    means: 'A hash is neither sha512- with 128 hex digits nor sha256- with 64.',
    remedy: '`sha512sum FILE`, and write it as sha512-DIGITS.',
  },
  'ignition.json': {
    means:
      'The Ignition config is not JSON; often it is YAML (cloud-config, Butane, Container Linux Config) or a script.',
    remedy: 'Correct the place that the error gives; translate YAML first: `butane FILE`',
  },
  'ignition.kernel': {
    means: "The config has kernelArguments. A machine runs on the host's kernel, so they could have no effect.",
    remedy: 'Remove them; write sysctls as a file below /etc/sysctl.d.',
  },
  'ignition.key': {
    means: 'The config has a key that spec 3.3.0 does not have. Ignition would pass over it without a word.',
    remedy: 'Remove it or correct its spelling.',
  },
  'ignition.missing': {
    means: 'A key that must be there is not.',
    remedy: 'Add it at the place that the error gives.',
  },
  'ignition.mode': {
    means: 'A mode is above 0777, or a decimal number that was meant as octal. In JSON, 0644 is 420.',
    remedy: 'Write the number that the error gives.',
  },
  'ignition.overwrite': {
    means: 'A file has overwrite: true and no contents to write.',
    remedy: 'Give contents.source, or leave overwrite out.',
  },
  'ignition.owner': {
    means: 'A user or group of a file is given by both id and name.',
    remedy: 'Keep one of the two.',
  },
  'ignition.path': {
    means:
      'A path is missing, relative, not in its simplest form, or lies below something of this config that is no ' +
      'directory.',
    remedy: 'Write the absolute path that the error suggests.',
  },
  'ignition.remote': {
    means: 'The config fetches another config, which the lab cannot check before a machine runs it.',
    remedy: 'Put its contents into the file itself, or into a data: URL.',
  },
  'ignition.source': {
    means:
      'A source, proxy or header cannot be: no scheme that Ignition knows, not percent-encoded, not the ' +
      'compression it claims.',
    remedy: 'Use data:, http: or https:; `encodeURIComponent` or dataUrl() of ignition-ts encodes text.',
  },
  'ignition.sshkey': {
    means: 'An ssh key is not one line of the form that sshd accepts.',
    remedy: 'Paste the one line of a .pub file: `cat ~/.ssh/id_ed25519.pub`',
  },
  'ignition.type': {
    means: 'A value has another type than spec 3.3.0 says.',
    remedy: 'Correct it at the place that the error gives; a mode is a number in JSON.',
  },
  'ignition.unit': {
    means: "A systemd unit or drop-in has no unit's name, cannot be read, or is enabled without an [Install] section.",
    remedy: 'Correct the line that the error names; [Install] with WantedBy=multi-user.target enables a unit.',
  },
  'ignition.user': {
    means: 'A user or group has a name that cannot be, or a passwordHash that is no crypt(5) hash.',
    remedy: '`mkpasswd --method=yescrypt` makes a hash; names are of a-z, 0-9, _ and -, at most 32.',
  },
  'ignition.version': {
    means: 'The config is of another spec than 3.0.0 to 3.4.0, does not say of which, or is no JSON object.',
    remedy: 'Begin it with {"ignition": {"version": "3.3.0"}}; a config of spec 2 is translated by `ign-converter`.',
  },
} as const satisfies EntriesOf<'ignition'>;
