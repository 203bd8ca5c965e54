import { parseArgs } from 'node:util';
import { LabError } from '#errors/lab-error.ts';
import { announcementTtlSeconds } from '../etcd/keys/service-keys.ts';
import { ownMachine } from '../etcd/ports.ts';

export interface AnnounceOptions {
  /** What is announced. */
  readonly container: string;
  /** Where. */
  readonly key: string;
  /** How long the key outlives this process when it is killed; whole seconds. */
  readonly ttlSeconds: number;
  /** URL of the etcd member. */
  readonly etcd: string;
  /** Path of Docker's socket. */
  readonly docker: string;
}

/**
 * Reads the command line.
 * @throws LabError `usage.announce`
 */
export function readOptions(argv: string[]): AnnounceOptions | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help === true) return 'help';
  const [key, ...more] = positionals;
  if (key === undefined || more.length > 0) throw bad('it takes one key');
  if (!/^\/[^/]+(\/[^/]+)*$/.test(key)) throw bad(`"${key}" is no key such as /services/memcached/1`);
  if (values.container === undefined || !/^\w[\w.-]*$/.test(values.container)) {
    throw bad('--container takes the name of a container');
  }
  const { ttl = String(announcementTtlSeconds) } = values;
  // etcd's longest lease is 9,000,000,000 s; a day is enough for anything that is to be noticed.
  if (!/^[1-9]\d{0,4}$/.test(ttl)) throw bad(`--ttl takes whole seconds from 1 to 99999, not "${ttl}"`);
  return {
    container: values.container,
    key,
    ttlSeconds: Number(ttl),
    etcd: values.etcd ?? ownMachine,
    docker: values.docker ?? dockerSocket,
  };
}

const dockerSocket = '/var/run/docker.sock';

export const usage = `announce --container NAME KEY: keeps the container's address at a key of etcd for as long as it runs

  --container NAME  the container, which need not be there yet
  --ttl SECONDS     how long the key outlives this program when it is killed (default ${announcementTtlSeconds})
  --etcd URL        default ${ownMachine}
  --docker PATH     Docker's socket (default ${dockerSocket})`;

function parse(argv: string[]) {
  const text = { type: 'string' } as const;
  const options = {
    container: text,
    ttl: text,
    etcd: text,
    docker: text,
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: argv, options, allowPositionals: true });
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

function bad(cause: string): LabError {
  return new LabError({ code: 'usage.announce', cause, next: 'announce --help' });
}
