import { parseArgs } from 'node:util';
import { type CodeOf, LabError } from '../../../../errors/lab-error.ts';
import { readOrigin, type Origin } from '../follow/origin.ts';
import { generationNames, type GenerationName } from '../cluster/generation.ts';

/** How a server is to be started. Times in milliseconds, port 0 means any free port. */
export interface ServerOptions {
  readonly bind: string;
  readonly kvPort: number;
  readonly mgmtPort: number;
  readonly capiPort: number;
  /** Pretended start time of the real server: nothing listens before. */
  readonly startDelayMs: number;
  /** Pretended loading time of each new bucket. */
  readonly warmupMs: number;
  /** Which Couchbase the server plays where versions differ. */
  readonly generation: GenerationName;
  /** Directory in which everything is kept; undefined for a server that forgets all of it at its end. */
  readonly dataDir?: string | undefined;
  /** Unix socket at which commands of couchbase-cli are taken; undefined for none. */
  readonly cliSocket?: string | undefined;
  /** The server that is followed, until this one is promoted. */
  readonly follow?: Origin | undefined;
}

/** Name of the environment variable, and default, of each flag. A flag wins over its variable. */
const settings = {
  bind: { variable: 'COUCHBASE_BIND', standard: '0.0.0.0' },
  'kv-port': { variable: 'COUCHBASE_KV_PORT', standard: '11210' },
  'mgmt-port': { variable: 'COUCHBASE_MGMT_PORT', standard: '8091' },
  'capi-port': { variable: 'COUCHBASE_CAPI_PORT', standard: '8092' },
  'start-delay-ms': { variable: 'COUCHBASE_START_DELAY_MS', standard: '0' },
  'warmup-ms': { variable: 'COUCHBASE_WARMUP_MS', standard: '0' },
  generation: { variable: 'COUCHBASE_GENERATION', standard: '7.6' },
  'data-dir': { variable: 'COUCHBASE_DATA_DIR', standard: '' },
  'cli-socket': { variable: 'COUCHBASE_CLI_SOCKET', standard: '' },
  follow: { variable: 'COUCHBASE_FOLLOW', standard: '' },
} as const;

type Flag = keyof typeof settings;
const flags = Object.keys(settings) as Flag[];

/**
 * Reads flags and environment.
 * @throws LabError `usage.*` naming the flag or variable that is wrong
 */
export function readServerOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServerOptions {
  const given = parse(argv);
  const text = (flag: Flag) => given[flag] ?? env[settings[flag].variable] ?? settings[flag].standard;
  const source = (flag: Flag) => (given[flag] === undefined ? settings[flag].variable : `--${flag}`);
  const number = (flag: Flag, highest: number) => {
    const value = text(flag);
    if (/^\d{1,9}$/u.test(value) && Number(value) <= highest) return Number(value);
    throw usage(
      'usage.value',
      `${source(flag)} must be a whole number from 0 to ${highest}, got ${JSON.stringify(value)}`,
    );
  };
  const generation = (): GenerationName => {
    const value = text('generation');
    const found = generationNames.find((name) => name === value);
    if (found !== undefined) return found;
    const words = `must be ${generationNames.join(' or ')}, got ${JSON.stringify(value)}`;
    throw usage('usage.value', `${source('generation')} ${words}`);
  };
  const origin = (): Origin => {
    const found = readOrigin(text('follow'));
    if (found !== undefined) return found;
    // What was given may have a password in it.
    throw usage('usage.value', `${source('follow')} must be http://USER:PASSWORD@HOST:PORT of the management port`);
  };
  return {
    bind: text('bind'),
    kvPort: number('kv-port', 65535),
    mgmtPort: number('mgmt-port', 65535),
    capiPort: number('capi-port', 65535),
    startDelayMs: number('start-delay-ms', 600_000),
    warmupMs: number('warmup-ms', 600_000),
    generation: generation(),
    dataDir: text('data-dir') === '' ? undefined : text('data-dir'),
    cliSocket: text('cli-socket') === '' ? undefined : text('cli-socket'),
    follow: text('follow') === '' ? undefined : origin(),
  };
}

function parse(argv: readonly string[]): Partial<Record<Flag, string>> {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw usage('usage.flag', error instanceof Error ? error.message : String(error));
  }
}

function usage(code: CodeOf<'usage'>, cause: string): LabError {
  const next = `use ${flags.map((flag) => `--${flag}=${settings[flag].standard} (${settings[flag].variable})`).join(', ')}`;
  return new LabError({ code, cause, next });
}
