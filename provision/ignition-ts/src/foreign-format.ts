/** What a text is that is no JSON, and what to do about it. */
export interface ForeignFormat {
  /** As in `FILE: this is ...`. */
  readonly what: string;
  readonly next: string;
}

const butane = 'translate it: `butane --strict FILE > FILE.ign` (variant fcos, version 1.4.0 is spec 3.3.0)';

/** Formats that people have for the same purpose, by what only they begin with or hold. */
const formats: readonly { looks: RegExp; what: string; next: string }[] = [
  {
    looks: /^\uFEFF?\s*#cloud-config/,
    what: 'a cloud-config, which Ignition replaced',
    next:
      'Write it as Butane (ssh_authorized_keys -> passwd.users[].ssh_authorized_keys, write_files -> storage.files, ' +
      `coreos.units -> systemd.units, hostname -> a file /etc/hostname), then ${butane}.`,
  },
  {
    looks: /^#!/,
    what: 'a script',
    next: 'Put it into storage.files of an Ignition config, and a unit that runs it into systemd.units.',
  },
  {
    looks: /^variant\s*:/m,
    what: 'a Butane config (YAML), which is what Ignition configs are made of',
    next: `Butane config: ${butane}.`,
  },
  {
    looks: /^(?:coreos|write_files|ssh_authorized_keys|users|hostname|manage_etc_hosts)\s*:/m,
    what: 'YAML in the manner of a cloud-config, which Ignition replaced',
    next: `Write it as Butane (write_files -> storage.files, coreos.units -> systemd.units), then ${butane}.`,
  },
  {
    looks: /^(?:passwd|storage|systemd|networkd|etcd|flannel|docker|update|locksmith)\s*:/m,
    what: 'a Container Linux Config (YAML)',
    next: `Add the lines \`variant: fcos\` and \`version: 1.4.0\`, correct what butane says, then ${butane}.`,
  },
  {
    looks: /^\u001f\uFFFD/,
    what: 'compressed with gzip',
    next: 'Unpack it: `gunzip < FILE > FILE.ign`.',
  },
];

/** Undefined for what begins as JSON does, or is nothing known. */
export function foreignFormat(text: string): ForeignFormat | undefined {
  if (/^\s*[{[]/.test(text)) return undefined;
  return formats.find(({ looks }) => looks.test(text));
}
