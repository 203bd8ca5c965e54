import type { LabConfig } from '#provision/config/lab-config.ts';

const manifests = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/** Has the lab's registry the image, as a pull on a machine would ask for it (Docker Registry HTTP API V2, manifests)? */
export async function registryHas(
  { network, ports }: Pick<LabConfig, 'network' | 'ports'>,
  image: string,
  deadlineMs: number,
): Promise<boolean> {
  const { repository, tag } = imageName(image);
  const url = `http://${network.bridgeAddress}:${ports.registry}/v2/${repository}/manifests/${tag}`;
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    return (await fetch(url, { method: 'HEAD', headers: { accept: manifests }, signal })).ok;
  } catch {
    return false;
  }
}

/** Docker's short names: no tag is latest, no user is library. Pure. */
export function imageName(image: string): { repository: string; tag: string } {
  const [, name = image, tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(image) ?? [];
  return { repository: name.includes('/') ? name : `library/${name}`, tag };
}
