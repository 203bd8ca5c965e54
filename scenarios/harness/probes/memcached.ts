import { memcachedPort, serviceDirectory } from '#platform/etcd/keys/service-keys.ts';
import type { ReadBack } from '../record/run-record.ts';
import { MemcachedLine } from './memcached-line.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { Questions } from './questions.ts';
import type { Service, Services } from './services.ts';

/** Seconds; what a run that was killed left behind goes by itself. */
const expirySeconds = 7_200;
const keysPerGet = 100;

/**
 * Stores a unique item on each announced memcached in turn and reads it at once (both in one packet). The key names the
 * service it was stored on; which machine that ran on is told too.
 */
export function memcachedProbe({ settings, clock, report }: ProbeContext, services: Services): Probe {
  const { deadlineMs, runId } = settings;
  const questions = new Questions({ probe: 'memcached', deadlineMs, clock, report });
  const lines = new Map<string, MemcachedLine>();
  const acknowledged = new Map<string, string[]>();
  let known: readonly Service[] = [];
  let count = 0;

  const lineTo = ({ host, port = memcachedPort }: Service): MemcachedLine => {
    const address = `${host}:${port}`;
    const line = lines.get(address) ?? new MemcachedLine(host, port);
    lines.set(address, line);
    return line;
  };
  const remember = (id: string, key: string): void => {
    const keys = acknowledged.get(id) ?? [];
    keys.push(key);
    acknowledged.set(id, keys);
  };
  /** Those announced now; the last ones known when none is, as a client that cannot know better. */
  const servers = (): readonly Service[] => {
    const announced = services.of('memcached');
    if (announced.length > 0) known = announced;
    return known;
  };
  return {
    name: 'memcached',
    trouble: () =>
      known.length === 0 ? `no address under ${serviceDirectory('memcached')} was ever found` : undefined,
    ask: () => {
      questions.expire();
      const all = servers();
      const server = all[count % all.length];
      if (server === undefined) return;
      count += 1;
      const { id, machine } = server;
      const key = `lab-probe:${runId}:${id}:${count}`;
      const line = lineTo(server);
      const question = questions.begin({ ...(machine !== undefined && { machine }), target: id }, () =>
        line.close('gave no answer'),
      );
      const value = String(count);
      const set = `set ${key} 0 ${expirySeconds} ${value.length}\r\n${value}\r\n`;
      line.ask(`${set}get ${key}\r\n`, 'END\r\n', (error, answer) => {
        if (error !== undefined) return question.failed(error);
        if (!answer.startsWith('STORED\r\n')) return question.failed(answer.split('\r\n')[0] ?? '');
        if (!answer.includes(`VALUE ${key} `)) return question.failed('not there right after it was stored');
        if (question.ok({ key })) remember(id, key);
      });
    },
    finish: () => questions.finish(),
    disconnect: (reason) => {
      questions.abandon(reason);
      for (const line of lines.values()) line.close(reason);
      lines.clear();
    },
    readBack: async (deadlineMs): Promise<ReadBack> => {
      const perServer = [...acknowledged].map(async ([id, keys]) => {
        const server = servers().find((one) => one.id === id);
        // Nobody is announced under that name any more: what it held is gone.
        return server === undefined ? keys : missingKeys(lineTo(server), keys, deadlineMs, clock);
      });
      const lost = (await Promise.all(perServer)).flat();
      const total = [...acknowledged.values()].reduce((sum, keys) => sum + keys.length, 0);
      return { probe: 'memcached', wallMs: clock.wall(), acknowledged: total, lost };
    },
  };
}

/** Rejects when the server does not answer before the deadline. */
async function missingKeys(
  line: MemcachedLine,
  keys: readonly string[],
  deadlineMs: number,
  clock: ProbeContext['clock'],
): Promise<string[]> {
  const cancel = clock.after(deadlineMs, () => line.close(`no answer within ${deadlineMs} ms`));
  const missing: string[] = [];
  try {
    for (let from = 0; from < keys.length; from += keysPerGet) {
      const some = keys.slice(from, from + keysPerGet);
      const answer = await new Promise<string>((resolve, reject) => {
        line.ask(`get ${some.join(' ')}\r\n`, 'END\r\n', (error, text) =>
          error === undefined ? resolve(text) : reject(new Error(`memcached: ${error}`)),
        );
      });
      const found = new Set([...answer.matchAll(/^VALUE (\S+) /gm)].map(([, key]) => key));
      missing.push(...some.filter((key) => !found.has(key)));
    }
    return missing;
  } finally {
    cancel();
  }
}
