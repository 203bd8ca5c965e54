/** Parsed command line: long names without dashes; a switch has the value ''. */
export interface CliOptions {
  readonly command: string;
  readonly values: ReadonlyMap<string, string>;
}

const shorts: Readonly<Record<string, string>> = {
  c: 'cluster',
  u: 'user',
  p: 'password',
  b: 'bucket',
  o: 'output',
  d: 'debug',
  h: 'help',
  s: 'ssl',
};

/** One table for all commands, as in 4.0: options a command has no use for are accepted and ignored. */
const takesValue = [
  'cluster',
  'user',
  'password',
  'output',
  'bucket',
  'bucket-type',
  'bucket-port',
  'bucket-password',
  'bucket-ramsize',
  'bucket-replica',
  'bucket-eviction-policy',
  'bucket-priority',
  'enable-flush',
  'enable-index-replica',
  'cluster-username',
  'cluster-password',
  'cluster-port',
  'cluster-ramsize',
  'node-init-data-path',
  'node-init-index-path',
  'node-init-hostname',
  'enable-auto-failover',
  'auto-failover-timeout',
  'enable-notification',
  'ro-username',
  'ro-password',
  'cluster-index-ramsize',
  'services',
  'cluster-init-username',
  'cluster-init-password',
  'cluster-init-port',
  'cluster-init-ramsize',
  'index-storage-setting',
];
const switches = ['wait', 'force', 'debug', 'help', 'ssl', 'data-only', 'list', 'set', 'delete'];

/** Parses like getopt_long: `--x=y`, `--x y`, `-xy`, `-x y`, unique prefixes. Text instead of options says what is wrong. */
export function parseCli(argv: readonly string[]): CliOptions | string {
  const [command = '', ...rest] = argv;
  if (command === '-h' || command === '--help') return { command: 'help', values: new Map() };
  const values = new Map<string, string>();
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    const long = /^--([^=]+)(?:=(.*))?$/su.exec(word);
    const short = /^-(\w)(.*)$/su.exec(word);
    if (long === null && short === null) return `unexpected argument: ${word}`;
    const name = long === null ? shorts[short?.[1] ?? ''] : longName(long[1] ?? '');
    if (name === undefined) return `option ${long === null ? word.slice(0, 2) : `--${long[1] ?? ''}`} not recognized`;
    const attached = long === null ? short?.[2] || undefined : long[2];
    if (switches.includes(name)) {
      if (attached !== undefined) return `option --${name} must not have an argument`;
      values.set(name, '');
      continue;
    }
    const value = attached ?? rest[++at];
    if (value === undefined) return `option --${name} requires argument`;
    values.set(name.replace('cluster-init-', 'cluster-'), value);
  }
  return { command, values };
}

function longName(given: string): string | undefined {
  const all = [...takesValue, ...switches];
  if (all.includes(given)) return given;
  const matches = all.filter((name) => name.startsWith(given));
  return matches.length === 1 ? matches[0] : undefined;
}
