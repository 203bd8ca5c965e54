import { execa } from 'execa';
import { join } from 'node:path';
import {
  basicOf,
  type CouchbaseProcess,
  setUp,
  startBareCouchbase,
  startCouchbase,
} from '#scenarios/bench/couchbase/kv-servers.ts';
import { failed, noopTimes, runLoad } from '#scenarios/bench/couchbase/pipelined-load.ts';
import { SdkLoad } from '#scenarios/bench/couchbase/sdk-load.ts';
import { median } from '#scenarios/bench/failover-series.ts';
import { familyCpuMs, ownCpuMs, residentBytes } from '#scenarios/bench/fleet/process-cpu.ts';
import { seconds, statedSeconds } from '#errors/seconds.ts';
import { table } from '../render/table.ts';

const documents = { keys: 1_000_000, requests: 1_000_000, valueBytes: 200, connections: 4, json: true } as const;
const idleMs = 5000;
const sdkMs = 4000;
const concurrencies = [1, 16, 256];
/** Of half of the documents: a view may have 500,000 rows. */
const map = 'function (doc, meta) { if (doc.n % 2 === 0) emit(doc.n, null); }';

/** `npm run bench -- couchbase index`: what key-value waits for while a million documents are indexed, and while nothing happens. */
export async function benchIndex(program: string): Promise<void> {
  const server = await startCouchbase(program);
  try {
    await runLoad({ ...server, command: 'set', ...documents });
    const idle = await noopTimes(server, new Promise((resolve) => setTimeout(resolve, idleMs)));
    const view = await publish(server);
    const [began, cpuMs] = [performance.now(), await ownCpuMs(server.pid)];
    const asked = ask(view, server);
    const meanwhile = await noopTimes(server, asked);
    const tookMs = performance.now() - began;
    const row = (name: string, times: number[]) => {
      times.sort((a, b) => a - b);
      const at = (share: number) => `${(times[Math.floor(times.length * share)] ?? NaN).toFixed(2)} ms`;
      return [name, at(0.5), at(0.99), at(0.9999)];
    };
    console.log(`\n${documents.keys} documents of ${documents.valueBytes} bytes, and a view of ${await asked} rows`);
    console.log(table(['NOOP', 'MEDIAN', 'P99', 'WORST'], [row('nothing happens', idle), row('indexed', meanwhile)]));
    const rate = `${Math.round(documents.keys / (tookMs / 1000))} documents a second`;
    const cpu = `${seconds((await ownCpuMs(server.pid)) - cpuMs)} of CPU in the server`;
    console.log(`indexed in ${seconds(tookMs)}: ${rate}, ${cpu}`);
  } finally {
    await server.stop();
  }
}

async function publish({ views, login }: CouchbaseProcess): Promise<string> {
  const place = `http://127.0.0.1:${views}/${login.bucket}/_design/bench`;
  const answer = await fetch(place, {
    method: 'PUT',
    headers: { authorization: basicOf(login), 'content-type': 'application/json' },
    body: JSON.stringify({ views: { even: { map } } }),
  });
  if (!answer.ok) throw failed(`the design document was refused: ${await answer.text()}`);
  return `${place}/_view/even?stale=false&limit=1`;
}

async function ask(view: string, { login }: CouchbaseProcess): Promise<number> {
  const answer = await fetch(view, { headers: { authorization: basicOf(login) } });
  const body = (await answer.json()) as { readonly total_rows?: number };
  if (!answer.ok) throw failed(`the view was refused: ${JSON.stringify(body)}`);
  return body.total_rows ?? NaN;
}

/** `npm run bench -- couchbase sdk`: the official SDK, by how many operations it has under way. */
export async function benchSdk(program: string, rounds: number): Promise<void> {
  const server = await startCouchbase(program);
  const idleBytes = await residentBytes(server.pid);
  const load = await SdkLoad.open(server);
  try {
    await load.run(16, sdkMs);
    const figures = new Map(concurrencies.map((atOnce) => [atOnce, [] as { rate: number; share: number }[]]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const [atOnce, all] of figures) {
        const [cpuMs, began] = [await ownCpuMs(server.pid), performance.now()];
        const operations = await load.run(atOnce, sdkMs);
        const tookMs = performance.now() - began;
        all.push({ rate: (operations * 1000) / tookMs, share: ((await ownCpuMs(server.pid)) - cpuMs) / tookMs });
      }
      console.log(`round ${round}/${rounds}`);
    }
    const rows = [...figures].map(([atOnce, all]) => [
      String(atOnce),
      median(all.map(({ rate }) => rate)).toFixed(0),
      `${(median(all.map(({ share }) => share)) * 100).toFixed(0)} %`,
    ]);
    console.log(
      `\nSDK 4, ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`} of ${statedSeconds(sdkMs)} each`,
    );
    console.log(table(['AT ONCE', 'OPERATIONS A SECOND', "THE SERVER'S SHARE OF A CORE"], rows));
    console.log(`the idle server: ${(idleBytes / 1e6).toFixed(0)} MB resident`);
  } finally {
    await load.close();
    await server.stop();
  }
}

/**
 * `npm run bench -- couchbase start`: from the server's start to the SDK's first write, set up by REST, by couchbase-cli in the server's container,
 * and by couchbase-cli in a container of its own, where two Nodes start (the containers' own start is not in it).
 * @param directory for the server's socket
 */
export async function benchStart(program: string, directory: string, rounds: number): Promise<void> {
  const socket = join(directory, 'couchbase-cli.sock');
  const kinds = {
    'by REST': setUp,
    'by couchbase-cli beside it': (mgmt: number) => setUpByCli(program, mgmt, socket),
    'by couchbase-cli of its own': (mgmt: number) => setUpByCli(program, mgmt, ''),
  };
  const figures = new Map(Object.keys(kinds).map((kind) => [kind, [] as { tookMs: number; cpuMs: number }[]]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [kind, prepare] of Object.entries(kinds)) {
      const began = performance.now();
      const server = await startBareCouchbase(program, [`--cli-socket=${socket}`]);
      try {
        await prepare(server.mgmt);
        const load = await SdkLoad.open(server);
        await load.write();
        const tookMs = performance.now() - began;
        figures.get(kind)?.push({ tookMs, cpuMs: await familyCpuMs(server.pid) });
        await load.close();
      } finally {
        await server.stop();
      }
    }
  }
  const rows = [...figures].map(([kind, all]) => [
    kind,
    seconds(median(all.map(({ tookMs }) => tookMs))),
    seconds(Math.min(...all.map(({ tookMs }) => tookMs))),
    seconds(median(all.map(({ cpuMs }) => cpuMs))),
  ]);
  console.log(
    `\nfrom the server's start to the SDK's first write, ${rounds === 1 ? 'one round' : `${rounds} rounds in turn`}`,
  );
  console.log(table(['SET UP', 'MEDIAN', 'BEST', "THE SERVER'S CPU"], rows));
}

/** As the chapter's unit has it. */
async function setUpByCli(program: string, mgmt: number, socket: string): Promise<void> {
  const cli = join(program, '../../bin/couchbase-cli');
  const env = { COUCHBASE_CLI_SOCKET: socket, COUCHBASE_CLI_OWN: join(program, '../couchbase-cli.cjs') };
  const [address, user, password] = [`127.0.0.1:${mgmt}`, 'Administrator', 'Password1'];
  const init = ['cluster-init', '-c', address, `--cluster-username=${user}`, `--cluster-password=${password}`];
  await execa('perl', [cli, ...init, '--cluster-ramsize=2048'], { env });
  const create = ['bucket-create', '-c', address, '-u', user, '-p', password, '--bucket=default'];
  await execa('perl', [cli, ...create, '--bucket-type=couchbase', '--bucket-ramsize=2000'], { env });
}
