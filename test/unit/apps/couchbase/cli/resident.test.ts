import { once } from 'node:events';
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runFor } from '#apps/couchbase/src/cli/resident/run-for.ts';
import { canNobodyRun, nobody } from '#test/support/nobody.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import type { Finished } from '../support/process.ts';
import { finished, imagesClient, standIn, startClient, type Call } from '../support/resident.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

let bundles: Bundles;
let directory: string;
let own: string;
let socket: string;
let server: ServerProcess;

beforeAll(async () => {
  bundles = await bundle();
  directory = await mkdtemp(join(tmpdir(), 'couchbase-resident-'));
  await chmod(directory, 0o755);
  own = await standIn(directory);
  socket = join(directory, 'cli.sock');
  server = await startServerProcess(bundles.server, { env: { COUCHBASE_CLI_SOCKET: socket } });
});
afterAll(async () => {
  await server.stop();
  await bundles.remove();
  await rm(directory, { recursive: true });
});

/** By the server, unless it leaves it to the stand-in for the whole program. */
const ask = (argv: readonly string[], more: Partial<Call> = {}): Promise<Finished> =>
  finished(startClient({ argv, socket, own, ...more }));
const ofOwn = (argv: readonly string[]): Finished => ({ code: 9, stdout: `own ${argv[0]}\n`, stderr: '' });
/** A line that a node that is not set up answers otherwise than the stand-in. */
const hostList = (at = server): string[] =>
  `host-list -c 127.0.0.1:${at.ports.mgmt} -u Administrator -p Password1`.split(' ');
const isServed = async (): Promise<void> => {
  expect((await ask(hostList())).code).not.toBe(9);
};

const asAdministrator = '-c ADDR -u Administrator -p Password1';
const bucket = '--bucket=default --bucket-type=couchbase --bucket-ramsize=500';
type Line = readonly [line: string, more?: Pick<Call, 'env' | 'stdin'>];
const four = { env: { COUCHBASE_GENERATION: '4.0' } };
const seven = { env: { COUCHBASE_GENERATION: '7.6' } };
const byName = { env: { CB_REST_USERNAME: 'Administrator', CB_REST_PASSWORD: 'Password1' } };
/** On a fresh node, each finds what the ones before it left. */
const script: readonly Line[] = [
  [''],
  ['-h'],
  ['--help', seven],
  ['rebalance -c ADDR'],
  ['bucket-list -c ADDR --nonsense'],
  ['bucket-list -c ADDR --nonsense', seven],
  ['bucket-list -c'],
  [`bucket-list -c 127.0.0.1:1 -u Administrator -p Password1`],
  [`bucket-list -c 127.0.0.1:99999 -u Administrator -p Password1`],
  [`bucket-create ${asAdministrator} ${bucket}`],
  ['cluster-init -c ADDR --cluster-username=Administrator --cluster-password=Password1'],
  ['cluster-init -c ADDR --cluster-username=Administrator --cluster-password=Password1 --cluster-ramsize=2000'],
  ['cluster-init -c ADDR --cluster-username=Administrator --cluster-password=Password1 --cluster-ramsize=2000'],
  ['cluster-init -c ADDR --cluster-username=Administrator --cluster-password=Password1', seven],
  [`bucket-create ${asAdministrator} ${bucket} --enable-flush=1 --wait`, four],
  [`bucket-create ${asAdministrator} ${bucket}`],
  [`bucket-list ${asAdministrator}`],
  ['bucket-list -c ADDR -u Administrator -p wrong'],
  ['bucket-list -c ADDR', byName],
  ['bucket-list -c ADDR', { env: { ...byName.env, ...seven.env } }],
  ['bucket-list -c ADDR'],
  [`bucket-flush ${asAdministrator} --bucket=default`, { stdin: 'yes\n' }],
  [`bucket-flush ${asAdministrator} --bucket=default`, { ...seven, stdin: 'No\n' }],
  [`bucket-flush ${asAdministrator} --bucket=default`, { stdin: '' }],
  [`bucket-flush ${asAdministrator} --bucket=default --force`],
  [`collection-manage ${asAdministrator} --bucket=default --create-scope=säule`],
  [`collection-manage ${asAdministrator} --bucket=default --list-scopes`],
  [`user-manage ${asAdministrator} --set --rbac-username=u --rbac-password=p4ssword --roles=admin --auth-domain=local`],
  [`user-manage ${asAdministrator} --list`, seven],
  [`setting-cluster ${asAdministrator} --cluster-name=a/b%20c`],
  [`server-list ${asAdministrator}`],
  [`host-list ${asAdministrator}`],
  [`server-info -c localhost:PORT -u Administrator -p Password1`],
  [`bucket-delete ${asAdministrator} --bucket=default`],
  [`bucket-delete ${asAdministrator} --bucket=default`],
];

test('the server says what the whole program says: output, errors, exit codes', { timeout: 600_000 }, async () => {
  const second = join(directory, 'second.sock');
  const nodes = await Promise.all(
    [second, ''].map((path) => startServerProcess(bundles.server, { env: { COUCHBASE_CLI_SOCKET: path } })),
  );
  onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.stop()))));
  const [byServer, byProgram] = nodes as [ServerProcess, ServerProcess];
  const run = async (node: ServerProcess, path: string, [line, more]: Line) => {
    const port = String(node.ports.mgmt);
    const argv = line.replaceAll('ADDR', `127.0.0.1:${port}`).replaceAll('PORT', port).split(' ');
    const asks = more?.stdin !== undefined;
    // Only questions may be left to the caller's own process.
    const call = { argv: line === '' ? [] : argv, socket: path, own: path === '' || asks ? bundles.cli : own };
    return plain(await finished(startClient({ ...call, ...more })), node);
  };
  for (const line of script)
    expect([line, await run(byServer, second, line)]).toEqual([line, await run(byProgram, '', line)]);
});

/** Without what two nodes tell differently. */
function plain({ code, stdout, stderr }: Finished, { ports }: ServerProcess): Finished {
  const all = stdout
    .replaceAll(String(ports.mgmt), 'MGMT')
    .replaceAll(String(ports.kv), 'KV')
    .replaceAll(String(ports.capi), 'CAPI')
    .replaceAll(
      /"(uptime|mem\w+|ram|cpu_\w+|swap\w+|password_change_date|thisNode|uuid|nodeUUID)": ?"?[^,"\n]+"?/gu,
      '"$1"',
    )
    .replaceAll(/ramUsed: \d+/gu, 'ramUsed');
  return { code, stdout: all, stderr };
}

describe('the whole program runs', () => {
  test('where there is no server, or only what one left', async () => {
    const path = join(directory, 'left.sock');
    expect(await ask(hostList(), { socket: '' })).toEqual(ofOwn(hostList()));
    expect(await ask(hostList(), { socket: path })).toEqual(ofOwn(hostList()));
    await writeFile(path, '');
    expect(await ask(hostList(), { socket: path })).toEqual(ofOwn(hostList()));
    await rm(path);
    const killed = await startServerProcess(bundles.server, { env: { COUCHBASE_CLI_SOCKET: path } });
    expect((await ask(hostList(killed), { socket: path })).code).not.toBe(9);
    await killed.stop('SIGKILL');
    expect((await lstat(path)).isSocket()).toBe(true);
    expect(await ask(hostList(), { socket: path })).toEqual(ofOwn(hostList()));
    const next = await startServerProcess(bundles.server, { env: { COUCHBASE_CLI_SOCKET: path } });
    expect((await ask(hostList(next), { socket: path })).code).not.toBe(9);
    await next.stop();
    await expect(lstat(path)).rejects.toThrow('ENOENT');
  });

  test('where the server ends, or speaks nonsense, before it was told to begin', async () => {
    for (const said of ['', 'r', '0', 'n0\n', 'GET / HTTP/1.1\r\n\r\n']) {
      const path = await inItsPlace((caller) => void caller.once('data', () => caller.end(said)));
      expect(await ask(hostList(), { socket: path })).toEqual(ofOwn(hostList()));
    }
  });

  test('where the server is stopped; it does nothing when it goes on', async () => {
    const path = join(directory, 'stopped.sock');
    const stopped = await startServerProcess(bundles.server, { env: { COUCHBASE_CLI_SOCKET: path } });
    const at = `127.0.0.1:${stopped.ports.mgmt}`;
    const init = ['cluster-init', '-c', at, '--cluster-username=Administrator', '--cluster-password=Password1'];
    const argv = [...init, '--cluster-ramsize=500'];
    process.kill(stopped.pid, 'SIGSTOP');
    expect(await ask(argv, { socket: path })).toEqual(ofOwn(argv));
    // Node listens with room for 511 who wait to be taken: a full queue takes nobody.
    const waiting = Array.from({ length: 600 }, () => connect(path).on('error', () => undefined));
    expect(await ask(argv, { socket: path })).toEqual(ofOwn(argv));
    for (const one of waiting) one.destroy();
    process.kill(stopped.pid, 'SIGCONT');
    expect((await ask(argv, { socket: path })).stdout).toBe('SUCCESS: init/edit 127.0.0.1\n');
    await stopped.stop();
  });

  test('for a line longer than the server takes, and one to a name that has to be looked up', async () => {
    const long = [...hostList(), `--cluster-username=${'x'.repeat(70_000)}`, `--user=${'y'.repeat(70_000)}`];
    expect(await ask(long)).toEqual(ofOwn(long));
    const elsewhere = ['host-list', '-c', 'no-such-host.invalid', '-u', 'Administrator', '-p', 'Password1'];
    expect(await ask(elsewhere)).toEqual(ofOwn(elsewhere));
  });

  test('for the caller beyond the sixteenth', async () => {
    const idle = await Promise.all(Array.from({ length: 16 }, () => connected(socket)));
    expect(await ask(hostList())).toEqual(ofOwn(hostList()));
    for (const one of idle) one.destroy();
    await expect.poll(async () => (await ask(hostList())).code).not.toBe(9);
  });

  // Where Node.js lies in root's own directory nobody else can run the whole program.
  test.runIf(process.getuid?.() === 0 && canNobodyRun('node', '-e', ''))(
    'for another user, who cannot connect',
    async () => {
      expect(((await lstat(socket)).mode & 0o777).toString(8)).toBe('600');
      const client = join(directory, 'couchbase-cli');
      await copyFile(imagesClient, client);
      expect(await ask(hostList(), { uid: nobody, client })).toEqual(ofOwn(hostList()));
      await isServed();
    },
  );

  test.runIf(process.getuid?.() === 0)("where the socket is another user's: a line has passwords", async () => {
    let heard = '';
    const path = await inItsPlace((caller) => void caller.on('data', (chunk) => (heard += chunk.toString('latin1'))));
    const { chown } = await import('node:fs/promises');
    await chown(path, 65_534, 65_534);
    expect(await ask(hostList(), { socket: path })).toEqual(ofOwn(hostList()));
    expect(heard).toBe('');
  });
});

test('nothing is done twice: what ends after it was told to begin is an error', async () => {
  const path = await inItsPlace((caller) => {
    caller.once('data', () => caller.write('r0\n'));
    caller.on('data', (chunk) => chunk.toString() === 'g' && caller.end('o2\na\no20\nthe rest'));
  });
  const said =
    'a\nERROR: command: host-list: the server ended while it was at work; whether it was done is not known\n';
  expect(await ask(hostList(), { socket: path })).toEqual({ code: 1, stdout: said, stderr: '' });
});

test('who hangs up has their command ended, and nobody else notices', async () => {
  const silent = createHttpServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => closed(silent));
  const { port } = silent.address() as { port: number };
  const argv = `bucket-list -c 127.0.0.1:${port} -u Administrator -p Password1`.split(' ');
  const child = startClient({ argv, socket, own });
  const [request] = (await once(silent, 'request')) as [{ socket: Socket }];
  const ended = once(request.socket, 'close');
  await isServed();
  child.kill('SIGKILL');
  await ended;
  await isServed();
});

test('who speaks nonsense, too much, or goes away is told so or hung up on; the server goes on', async () => {
  for (const said of ['GET / HTTP/1.1\r\n\r\n\0', '1\0', '0\0' + '1\0a\0b\0', '99999999\0', 'x'.repeat(200_000), '']) {
    const caller = await connected(socket);
    caller.on('error', () => undefined);
    const heard = text(caller).catch(() => '');
    caller.end(said);
    expect(['', 'n0\n']).toContain(await heard);
  }
  const caller = await connected(socket);
  caller.write(['0', '1', '-h', ''].join('\0'));
  expect(String(await once(caller, 'data'))).toBe('r0\n');
  caller.write('other');
  await once(caller.resume(), 'close');
  await isServed();
});

test('an answer of another host without end is an error, and no memory of the server', async () => {
  const endless = createHttpServer((_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, ' ')));
    };
    response.on('drain', more).on('error', () => undefined);
    more();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => closed(endless));
  const { port } = endless.address() as { port: number };
  const argv = `bucket-list -c 127.0.0.1:${port} -u Administrator -p Password1`.split(' ');
  const words = `ERROR: command: bucket-list: 127.0.0.1:${port}, the answer is longer than 8388608 bytes\n`;
  expect(await ask(argv)).toEqual({ code: 1, stdout: words, stderr: '' });
  expect(await ask(argv, { socket: '', own: bundles.cli })).toEqual({ code: 1, stdout: words, stderr: '' });
});

test('an error in a command is told to its caller', async () => {
  const said: string[] = [];
  const caller = { gone: new AbortController().signal, tell: (mark: string, more = '') => void said.push(mark + more) };
  await runFor({ argv: [7 as unknown as string], env: {} }, caller);
  expect(said).toEqual([expect.stringMatching(/^eTypeError: .+\n {4}at /u), 'x1']);
});

test('a path too long for a socket is told, and no socket is made elsewhere', async () => {
  const within = join(directory, 'long');
  await mkdir(within);
  const path = (bytes: number): string => join(within, 'x'.repeat(bytes - within.length - 1));
  const first = await startServerProcess(bundles.server, { env: { COUCHBASE_CLI_SOCKET: path(109) } });
  await first.logged(
    /couchbase-cli will run its commands by itself: no socket at .*: a socket's path has at most 108 bytes/u,
  );
  expect(await readdir(within)).toEqual([]);
  expect(await ask(hostList(first), { socket: path(109) })).toEqual(ofOwn(hostList()));
  await first.stop();
  const second = await startServerProcess(bundles.server, { env: { COUCHBASE_CLI_SOCKET: path(108) } });
  expect((await ask(hostList(second), { socket: path(108) })).code).not.toBe(9);
  await second.stop();
});

describe('where the caller has an unusual standard output', () => {
  /** The client in a shell's line, which has it as "$@". */
  const inShell = (line: string, argv: readonly string[], more: Partial<Call> = {}): Promise<Finished> =>
    finished(startClient({ argv, socket, own, shell: line, ...more }));

  test('closed: exit codes are those of the command, and what else runs can write', async () => {
    expect(await inShell('"$@" >&-', ['-h'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await inShell('"$@" <&- >&- 2>&-', ['-h'])).toEqual({ code: 0, stdout: '', stderr: '' });
    const elsewhere = ['host-list', '-c', 'no-such-host.invalid'];
    expect(await inShell('"$@" >&-', elsewhere)).toEqual({ code: 9, stdout: '', stderr: '' });
  });

  test('one that does not wait: nothing of a long answer is lost', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `bucket-${index}-${'x'.repeat(100)}`);
    const bucketOf = (name: string) => ({
      name,
      bucketType: 'membase',
      authType: 'sasl',
      saslPassword: '',
      replicaNumber: 0,
      quota: { ram: 1 },
      basicStats: { memUsed: 1 },
    });
    const many = createHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(names.map(bucketOf)));
    });
    await new Promise<void>((resolve) => many.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => closed(many));
    const { port } = many.address() as { port: number };
    const argv = `bucket-list -c 127.0.0.1:${port} -u Administrator -p Password1`.split(' ');
    const nonBlocking = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die $!; exec @ARGV' "$@"`;
    const { code, stdout } = await inShell(`${nonBlocking} | { read -r first; echo "$first"; cat; }`, argv);
    expect([code, stdout.split('\n').filter((line) => line.startsWith('bucket-'))]).toEqual([0, names]);
  });
});

test('a second server leaves the socket to the first, and says so', async () => {
  const second = await startServerProcess(bundles.server, { env: { COUCHBASE_CLI_SOCKET: socket } });
  await second.logged(/couchbase-cli will run its commands by itself: no socket at .*EADDRINUSE/u);
  await second.stop();
  await isServed();
});

function closed(other: HttpServer): void {
  other.close();
  other.closeAllConnections();
}

async function connected(path: string): Promise<Socket> {
  const one = connect(path);
  await once(one, 'connect');
  return one;
}

/** In place of the server: it does what a test wants. @returns its path */
async function inItsPlace(serve: (caller: Socket) => void): Promise<string> {
  const path = join(await mkdtemp(join(directory, 'place-')), 'socket');
  const other: Server = createServer((caller) => {
    onTestFinished(() => void caller.destroy());
    serve(caller.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => other.listen(path, resolve));
  onTestFinished(() => void other.close());
  return path;
}
