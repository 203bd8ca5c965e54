/** Files of a box beside its disk, by name; `metadata.json` says whose box it is. */
export type BoxTexts = Readonly<Record<string, string>> & { readonly 'metadata.json': string };

/**
 * Texts of a box for vagrant-libvirt (its documentation, "Box Format", version 1).
 * @param sizeGiB size of the disk as the machine sees it
 */
export function libvirtBoxTexts(sizeGiB: number): BoxTexts {
  return {
    'metadata.json': `${JSON.stringify({ provider: 'libvirt', format: 'qcow2', virtual_size: sizeGiB })}\n`,
    Vagrantfile: boxVagrantfile(),
  };
}

/**
 * Defaults that belong to the image: user and key come by Ignition, so Vagrant cannot put a key of its own in; there is no
 * guest agent for shared folders.
 * @param more lines within `Vagrant.configure`
 */
export function boxVagrantfile(more: readonly string[] = []): string {
  return [
    'Vagrant.configure("2") do |config|',
    '  config.ssh.username = "core"',
    '  config.ssh.insert_key = false',
    '  config.vm.synced_folder ".", "/vagrant", disabled: true',
    ...more.map((line) => `  ${line}`),
    'end',
    '',
  ].join('\n');
}

/** The disk's name in the box. */
export const libvirtDiskName = 'box.img';
