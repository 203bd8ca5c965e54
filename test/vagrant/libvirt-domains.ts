import { libvirtUri } from '#provision/machines/vagrant/libvirt/libvirt-places.ts';
import { Virsh } from '#provision/machines/vagrant/libvirt/virsh.ts';

/** What a lab's own libvirtd says of each guest: `running`, `paused`, ... @param lab its name */
export async function libvirtDomains(lab: string): Promise<string[]> {
  const uri = libvirtUri({ runDir: `/run/coreos-lab/${lab}` });
  return [...(await new Virsh(uri).domains()).values()];
}
