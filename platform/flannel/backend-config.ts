import { LabError } from '#errors/lab-error.ts';
import { didYouMean } from '#errors/nearest.ts';
import { membersOf } from './json-members.ts';

export type BackendConfig =
  { readonly type: 'host-gw' } | { readonly type: 'vxlan'; readonly vni: number; readonly port: number };

const known = ['Type', 'VNI', 'Port', 'MTU', 'GBP', 'Learning', 'DirectRouting', 'MacPrefix'];
const types = ['host-gw', 'vxlan'];

/** For a key that was written one level too high. */
export const backendKeys = { Backend: known };

/**
 * The Backend of a network configuration (flannel documentation "Backends"). `bad` makes `config.flannel` of a sentence.
 * Throws `unbuilt.flannel-backend` for another type, and for what is not built of vxlan.
 */
export function readBackend(raw: unknown, where: string, bad: (what: string) => Error): BackendConfig {
  const unbuilt = (what: string) =>
    new LabError({
      code: 'unbuilt.flannel-backend',
      cause: `${where}: ${what} is not built`,
      next: 'use {"Backend":{"Type":"host-gw"}} or {"Backend":{"Type":"vxlan"}}',
    });
  const members = membersOf(raw ?? {}, known, 'Backend.', {}, bad);
  const written = members.get('Type');
  // flannel's own reading (backend/manager.go): upper and lower case are one.
  const type = typeof written === 'string' ? written.toLowerCase() : undefined;
  const isKnown = type === 'vxlan' || type === 'host-gw';
  if (!isKnown) {
    throw unbuilt(`Backend.Type ${JSON.stringify(written ?? 'udp (the default)')}${didYouMean(type ?? '', types)}`);
  }
  for (const key of ['GBP', 'Learning', 'DirectRouting', 'MTU', 'MacPrefix']) {
    if (Boolean(members.get(key))) throw unbuilt(`Backend.${key} ${JSON.stringify(members.get(key))}`);
  }
  if (type === 'host-gw') return { type };
  const whole = (key: string, otherwise: number, max: number): number => {
    const given = members.get(key) ?? otherwise;
    if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= max) return given;
    throw bad(`Backend.${key} must be a whole number from 1 to ${max}, not ${JSON.stringify(given)}`);
  };
  // flannel's numbers on Linux: VNI 1, UDP port 8472.
  return { type, vni: whole('VNI', 1, 2 ** 24 - 1), port: whole('Port', 8472, 65_535) };
}
