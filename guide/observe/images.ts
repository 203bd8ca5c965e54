import type { LabConfig } from '#provision/config/lab-config.ts';
import { imageName } from '#provision/image/registry/image-name.ts';
import { RegistryClient } from '#provision/image/registry/registry-client.ts';

/** Has the lab's registry the image, as a pull on a machine would ask for it? */
export async function registryHas(
  { network, ports }: Pick<LabConfig, 'network' | 'ports'>,
  image: string,
  deadlineMs: number,
): Promise<boolean> {
  return new RegistryClient(`${network.bridgeAddress}:${ports.registry}`, deadlineMs).has(imageName(image));
}
