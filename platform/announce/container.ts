import { request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isRecord } from '#errors/is-record.ts';

/** Docker that is away is asked again after so long, ms. */
const againMs = 500;
/** For an answer about one container, ms. */
const answerMs = 10_000;

/**
 * Says where a container is by what Docker's engine tells of it ("Docker Engine API": /events, /containers/NAME/json), without
 * asking again while nothing happens: its address on Docker's bridge once it has started, undefined once it has ended. Resolves at the
 * signal; a Docker that is away is waited for.
 * @param opts.docker path of its socket
 * @param opts.onAddress called when the address is another than before
 */
export async function followContainer(opts: {
  docker: string;
  container: string;
  onAddress(address: string | undefined): void;
  log(line: string): void;
  signal: AbortSignal;
}): Promise<void> {
  const { docker, container, signal } = opts;
  const filters = { type: ['container'], container: [container], event: ['start', 'die'] };
  const events = `/events?filters=${encodeURIComponent(JSON.stringify(filters))}`;
  let said: string | undefined;
  let complaint: string | undefined;
  const tellAddress = async () => {
    const address = await addressOf(docker, container, signal);
    if (address !== said) opts.onAddress(address);
    [said, complaint] = [address, undefined];
  };
  while (!signal.aborted) {
    try {
      const told = await ask(docker, events, signal);
      if (told.statusCode !== 200) throw new Error(`it answers ${told.statusCode}`);
      // Only now: what happens from here on is told.
      await tellAddress();
      for await (const _ of told) await tellAddress();
      throw new Error('it hung up');
    } catch (error) {
      if (signal.aborted) return;
      const now = error instanceof Error ? error.message : String(error);
      if (now !== complaint) opts.log(`Docker does not tell of ${container}: ${now}; asking again`);
      complaint = now;
      await delay(againMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Undefined: the container is not there, or does not run, or has none of its own. */
async function addressOf(docker: string, container: string, signal: AbortSignal): Promise<string | undefined> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  const answer = await ask(docker, `/containers/${container}/json`, within);
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  if (answer.statusCode === 404) return undefined;
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text.trim().slice(0, 200)}`);
  return runningAt(JSON.parse(text));
}

/** Of an inspected container (Docker Engine API, "Inspect a container"). */
function runningAt(inspected: unknown): string | undefined {
  const { State: state, NetworkSettings: network } = isRecord(inspected) ? inspected : {};
  const address = isRecord(network) ? network['IPAddress'] : undefined;
  const isRunning = isRecord(state) && state['Running'] === true;
  return isRunning && typeof address === 'string' && address !== '' ? address : undefined;
}

function ask(docker: string, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ socketPath: docker, path, signal, agent: false }, resolve).on('error', reject).end();
  });
}
