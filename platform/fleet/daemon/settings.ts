import { didYouMean } from '#errors/nearest.ts';
import { LabError } from '#errors/lab-error.ts';

/** Where the original fleetd has its configuration. */
export const defaultConfFile = '/etc/fleet/fleet.conf';

/**
 * Options of fleet 0.8 to 1.0 (its fleet.conf.sample and Documentation/deployment-and-configuration.md) that have nothing to act on
 * here: they are read, and said to have no effect.
 */
const idle = [
  'verbosity',
  'etcd_keyfile',
  'etcd_certfile',
  'etcd_cafile',
  'etcd_username',
  'etcd_password',
  'engine_reconcile_interval',
  'enable_grpc',
  'disable_watches',
  'systemd_user',
  'verify_units',
  'authorized_keys_file',
];

/** A fleet.conf(5): its name, for messages, and its text. */
export interface ConfFile {
  readonly name: string;
  readonly text: string;
}

export interface Settings {
  /** By the flag's name: `agent-ttl`. FLEET_AGENT_TTL wins over `agent_ttl` of the file. */
  readonly values: ReadonlyMap<string, string>;
  /** A sentence for each option that is known and does nothing here. */
  readonly notices: readonly string[];
}

/**
 * What the environment and fleet.conf say. Pure.
 * @param known names of the flags that have a key and a variable
 * @throws LabError `config.fleet-key` for what no fleetd knows, `config.fleet-conf` for a line that is no key=value
 */
export function readSettings(known: readonly string[], env: NodeJS.ProcessEnv, file: ConfFile | undefined): Settings {
  const given = [...(file === undefined ? [] : ofFile(file)), ...ofEnvironment(env)];
  const unknown = given.filter(({ name }) => !known.includes(name) && !idle.includes(key(name)));
  const [first, ...more] = unknown.map(({ place, written }) => {
    const shape = written.startsWith('FLEET_') ? variable : key;
    const valid = [...known, ...idle.map(flag)].map(shape);
    return `${place} is no option of fleetd${didYouMean(written, valid)}`;
  });
  if (first !== undefined)
    throw new LabError({ code: 'config.fleet-key', cause: first, evidence: more, next: 'fleetd --help lists them' });
  return {
    values: new Map(given.map(({ name, value }) => [name, value])),
    notices: given.filter(({ name }) => !known.includes(name)).map(({ place }) => `${place} has no effect here`),
  };
}

interface Given {
  /** Of the flag. */
  readonly name: string;
  /** As it stands there. */
  readonly written: string;
  readonly value: string;
  /** `/etc/fleet/fleet.conf:3: agent_ttl`, `FLEET_AGENT_TTL` */
  readonly place: string;
}

const key = (name: string): string => name.replaceAll('-', '_');
const flag = (option: string): string => option.replaceAll('_', '-');
const variable = (name: string): string => `FLEET_${key(name).toUpperCase()}`;

function ofEnvironment(env: NodeJS.ProcessEnv): Given[] {
  return Object.entries(env).flatMap(([written, value]) =>
    written.startsWith('FLEET_') && value !== undefined
      ? [{ name: flag(written.slice('FLEET_'.length).toLowerCase()), written, value, place: written }]
      : [],
  );
}

/** Lines of key=value, with `#` or `;` before a comment; values may stand in double quotes. There are no sections. */
function ofFile({ name: file, text }: ConfFile): Given[] {
  return text.split('\n').flatMap((line, at) => {
    if (/^\s*([#;].*)?$/.test(line)) return [];
    const [, written = '', value = ''] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (written === '') {
      throw new LabError({
        code: 'config.fleet-conf',
        cause: `${file}:${at + 1}: ${JSON.stringify(line.trim())} is no key=value`,
        next: `correct line ${at + 1} of ${file}, like agent_ttl="30s"; it has no sections`,
      });
    }
    const plain = /^"(.*)"$/.exec(value)?.[1] ?? value;
    return [{ name: flag(written), written, value: plain, place: `${file}:${at + 1}: ${written}` }];
  });
}
