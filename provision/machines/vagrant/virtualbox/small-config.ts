import { createHash } from 'node:crypto';

/**
 * An Ignition config that stands for another one and fits into a guest property, which VirtualBox limits to 1 KB
 * (Ignition, "Supported platforms": VirtualBox, `/Ignition/Config`). Pure.
 * @param source URL of the whole config, which must be these very bytes
 */
export function smallConfig(source: string, whole: string): string {
  const hash = `sha512-${createHash('sha512').update(whole).digest('hex')}`;
  return JSON.stringify({ ignition: { version: '3.3.0', config: { replace: { source, verification: { hash } } } } });
}
