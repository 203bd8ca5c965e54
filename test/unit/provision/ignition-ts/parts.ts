import { checkConfig } from 'ignition-ts';
import { validate } from './oracle.ts';

export const version = { version: '3.3.0' };
export const node = (kind: string, ...nodes: object[]) => ({ storage: { [kind]: nodes } });
export const file = (more: object) => node('files', { path: '/a', ...more });
export const from = (source: string, more: object = {}) => file({ contents: { source, ...more } });
export const unit = (...units: object[]) => ({ systemd: { units } });
export const user = (more: object) => ({ passwd: { users: [{ name: 'core', ...more }] } });
export const service = '[Service]\nExecStart=/bin/true\n';

/** What we and ignition-validate have to say about a config with this part. */
export function problemsOf(part: object) {
  const config = { ignition: version, ...part };
  const problems = checkConfig(config).map(({ code, path }) => ({ code, at: ['$', ...path].join('.') }));
  return { problems, oracle: validate(JSON.stringify(config)) };
}
