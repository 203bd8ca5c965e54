/**
 * What one command line of etcdctl asks for. Pure. The chapter's v2 commands are ours; everything of the v3 grammar (other
 * commands, v3-only flags of `get` and `watch`, ETCDCTL_API=3) goes to the real client untouched.
 * @param patience how many times as long as with etcdctl 2.x a request may take when the command line does not say
 */
export function readCommandLine(argv: readonly string[], env: NodeJS.ProcessEnv, patience = 1): CommandLine {
  if (env.ETCDCTL_API === '3') return { kind: 'v3', argv };
  const before = readFlags(argv, globalFlags, { stopAtWord: true });
  if ('problem' in before) return { kind: 'v3', argv };
  const [name, ...rest] = before.args;
  if (name === undefined || name === 'help' || name === 'h' || before.flags.help) return { kind: 'help' };
  const spec = v2Commands[name];
  if (!spec) return { kind: 'v3', argv };
  const own = readFlags(rest, { ...spec.flags, help: { type: 'bool', short: 'h' } }, { stopAtWord: false });
  if ('problem' in own) {
    const isV3 = own.flag !== undefined && v3OnlyFlags.has(own.flag);
    return isV3 ? { kind: 'v3', argv } : { kind: 'bad', problem: own.problem, usage: usageOf(name) };
  }
  if (own.flags.help) return { kind: 'help', command: name };
  const timeoutMs = readDuration(text(before.flags.timeout) ?? `${2 * patience}s`);
  const totalMs = readDuration(text(before.flags['total-timeout']) ?? `${5 * patience}s`);
  if (timeoutMs === undefined || totalMs === undefined) {
    return { kind: 'bad', problem: 'invalid duration (want such as 2s or 500ms)', usage: usageOf(name) };
  }
  const globals: Globals = {
    endpoints: endpointsOf(before.flags, env),
    sync: before.flags['no-sync'] !== true,
    timeoutMs,
    totalMs,
    output: text(before.flags.output) ?? 'simple',
  };
  return { kind: 'v2', command: name, flags: own.flags, args: own.args, globals };
}

export type CommandLine =
  | { kind: 'v2'; command: string; flags: Flags; args: string[]; globals: Globals }
  | { kind: 'v3'; argv: readonly string[] }
  | { kind: 'help'; command?: string }
  | { kind: 'bad'; problem: string; usage: string };

export type Flags = Record<string, string | number | boolean>;

export interface Globals {
  endpoints: string[];
  /** false with --no-sync; decides the exit code of a refused connection as in v2. */
  sync: boolean;
  /** ms per request, and for the whole command (watches excepted). */
  timeoutMs: number;
  totalMs: number;
  output: string;
}

export function usageOf(command: string): string {
  const spec = v2Commands[command];
  const flags = Object.entries(spec?.flags ?? {}).map(([name, flag]) => {
    const short = flag.short === undefined ? '' : `, -${flag.short}`;
    return `   --${name}${short}${flag.type === 'bool' ? '' : ' value'}`;
  });
  return [`USAGE:\n   etcdctl ${command} [command options] ${spec?.usage ?? ''}`, '', 'OPTIONS:', ...flags].join('\n');
}

interface FlagSpec {
  type: 'bool' | 'int' | 'text';
  short?: string;
}
type FlagSpecs = Record<string, FlagSpec>;

const ttl: FlagSpecs = { ttl: { type: 'int' } };
const recursive: FlagSpecs = { recursive: { type: 'bool', short: 'r' } };
const reading: FlagSpecs = { sort: { type: 'bool' }, quorum: { type: 'bool', short: 'q' } };
const afterIndex: FlagSpecs = { 'after-index': { type: 'int' } };

/** Commands and flags of etcdctl 2.x ("etcdctl command line client", READMEv2 of etcd 3.4). */
export const v2Commands: Record<string, { usage: string; flags: FlagSpecs }> = {
  get: { usage: '<key>', flags: reading },
  ls: { usage: '[key]', flags: { ...reading, ...recursive, p: { type: 'bool', short: 'p' } } },
  set: {
    usage: '<key> <value>',
    flags: { ...ttl, 'swap-with-value': { type: 'text' }, 'swap-with-index': { type: 'int' } },
  },
  mk: { usage: '<key> <value>', flags: { ...ttl, 'in-order': { type: 'bool' } } },
  update: { usage: '<key> <value>', flags: ttl },
  mkdir: { usage: '<key>', flags: ttl },
  setdir: { usage: '<key>', flags: ttl },
  updatedir: { usage: '<key>', flags: ttl },
  rm: {
    usage: '<key>',
    flags: { dir: { type: 'bool' }, ...recursive, 'with-value': { type: 'text' }, 'with-index': { type: 'int' } },
  },
  rmdir: { usage: '<key>', flags: {} },
  watch: { usage: '<key>', flags: { forever: { type: 'bool', short: 'f' }, ...afterIndex, ...recursive } },
  'exec-watch': { usage: '<key> -- <command> [args...]', flags: { ...afterIndex, ...recursive } },
};

const globalFlags: FlagSpecs = {
  endpoints: { type: 'text' },
  endpoint: { type: 'text' },
  peers: { type: 'text', short: 'C' },
  'no-sync': { type: 'bool' },
  timeout: { type: 'text' },
  'total-timeout': { type: 'text' },
  output: { type: 'text', short: 'o' },
  help: { type: 'bool', short: 'h' },
};

/** Flags that only the v3 `get` and `watch` know: whoever types one means v3. */
const v3OnlyFlags = new Set(
  'prefix from-key rev keys-only print-value-only limit order sort-by count-only hex w write-out consistency prev-kv i interactive progress-notify'.split(
    ' ',
  ),
);

type FlagReading = { flags: Flags; args: string[] } | { problem: string; flag?: string };

/** Go's flag grammar: one dash or two, `=` or the next word, `--` ends flags; flags may stand after words, as in etcdctl 2.x. */
function readFlags(words: readonly string[], specs: FlagSpecs, opts: { stopAtWord: boolean }): FlagReading {
  const flags: Flags = {};
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return { flags, args: [...args, ...words.slice(i + 1)] };
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word);
    if (!match) {
      if (opts.stopAtWord) return { flags, args: words.slice(i) };
      args.push(word);
      continue;
    }
    const given = match[1] ?? '';
    const found = Object.entries(specs).find(([name, spec]) => name === given || spec.short === given);
    if (!found) return { problem: `flag provided but not defined: -${given}`, flag: given };
    const [name, spec] = found;
    if (spec.type === 'bool') {
      flags[name] = match[2] === undefined || /^(1|t|true)$/i.test(match[2]);
      continue;
    }
    const value = match[2] ?? words[++i];
    if (value === undefined) return { problem: `flag needs an argument: -${given}` };
    if (spec.type === 'int' && !/^[+-]?\d+$/.test(value)) {
      return { problem: `invalid value "${value}" for flag -${given}: parse error` };
    }
    flags[name] = spec.type === 'int' ? Number(value) : value;
  }
  return { flags, args };
}

function endpointsOf(flags: Flags, env: NodeJS.ProcessEnv): string[] {
  const given =
    text(flags.endpoints) ??
    (env.ETCDCTL_ENDPOINTS || text(flags.endpoint)) ??
    (env.ETCDCTL_ENDPOINT || text(flags.peers)) ??
    (env.ETCDCTL_PEERS || 'http://127.0.0.1:2379');
  return given
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
    .map((url) => (url.includes('://') ? url : `http://${url}`));
}

function text(flag: string | number | boolean | undefined): string | undefined {
  return typeof flag === 'string' ? flag : undefined;
}

/** Go durations as etcdctl is given them: `2s`, `500ms`, `1m`, `1.5s`. */
function readDuration(word: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(word);
  return match ? Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'] : undefined;
}
