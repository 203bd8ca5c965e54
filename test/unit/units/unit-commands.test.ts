import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { valuesOf } from '#platform/fleet/unit/unit-file.ts';

/*
 * The shell in the units, run as systemd would run it (one quoted argument of bash -c, `$$` for `$`, `%i` for the instance), with
 * docker and curl as small executables that write down how they were called. jq is the real one.
 */

const units = join(import.meta.dirname, '../../../units');
let dir: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-unit-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }
  await rm(dir, { recursive: true, force: true });
});

async function command(file: string, key: string): Promise<string> {
  const text = await readFile(join(units, file), 'utf8');
  const [value = ''] = valuesOf(parseUnitFile(text, file), 'Service', key);
  const script = /^-?\/usr\/bin\/bash -c '([\s\S]*)'$/.exec(value)?.[1];
  if (script === undefined) throw new Error(`${file}: ${key} is no bash -c command`);
  return script.replaceAll('\\\n', ' ').replaceAll('$$', '$').replaceAll('%i', '1');
}

async function executable(name: string, body: string): Promise<void> {
  await writeFile(join(dir, name), `#!/bin/bash\necho "${name} $*" >> ${dir}/calls\n${body}\n`);
  await chmod(join(dir, name), 0o755);
}

function run(
  script: string,
  environment: Record<string, string> = {},
): { exited: Promise<number>; output: () => string } {
  const env = { PATH: `${dir}:/usr/bin:/bin`, MAINPID: String(process.pid), ...environment };
  const child = spawn('/bin/bash', ['-c', script], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  return { exited: new Promise((resolve) => child.on('close', (code) => resolve(code ?? -1))), output: () => text };
}

async function calls(): Promise<string[]> {
  return existsSync(join(dir, 'calls')) ? (await readFile(join(dir, 'calls'), 'utf8')).trim().split('\n') : [];
}

/** docker inspect that knows the container from the `from`th call on; docker run does `onRun`. */
function docker(from: number, onRun = 'exit 0'): Promise<void> {
  return executable(
    'docker',
    `if [ "$1" = inspect ]; then
       n=$(grep -c "docker inspect" ${dir}/calls)
       [ "$n" -lt ${from} ] && { echo "[]"; echo "Error: No such object: $2" >&2; exit 1; }
       [ "$n" -eq ${from} ] && { echo '[{"NetworkSettings":{"IPAddress":""}}]'; exit 0; }
       echo '[{"NetworkSettings":{"IPAddress":"10.1.7.2"}}]'; exit 0
     fi
     ${onRun}`,
  );
}

describe('unit commands', () => {
  it('couchbase@ runs no container of couchbase-cli before 8091 answers', async () => {
    await docker(1);
    await executable('curl', `[ $(grep -c "^curl" ${dir}/calls) -ge 3 ]`);
    expect(await run(await command('couchbase@.service', 'ExecStartPost')).exited).toBe(0);
    const steps = (await calls()).filter((call) => !call.startsWith('docker inspect'));
    expect(steps.map((call) => /^curl.*|cluster-init|bucket-create/.exec(call)?.[0])).toEqual([
      ...Array.from({ length: 3 }, () => 'curl -sf -m 2 -o /dev/null http://10.1.7.2:8091/pools'),
      'cluster-init',
      'bucket-create',
    ]);
  });

  it('couchbase@ repeats cluster-init until it succeeds, then makes the bucket and waits for it', async () => {
    await executable('curl', 'exit 0');
    await docker(1, `[[ "$*" = *cluster-init* ]] && [ $(grep -c cluster-init ${dir}/calls) -lt 4 ] && exit 1; exit 0`);
    const { exited } = run(await command('couchbase@.service', 'ExecStartPost'));
    expect(await exited).toBe(0);
    const runs = (await calls()).filter((call) => call.startsWith('docker run'));
    expect(runs.map((call) => / (cluster-init|bucket-create) -c (\S+) /.exec(call)?.slice(1))).toEqual([
      ...Array.from({ length: 4 }, () => ['cluster-init', '10.1.7.2:8091']),
      ['bucket-create', '10.1.7.2:8091'],
    ]);
    expect(runs.at(-1)).toMatch(/ --wait$/);
  });

  it('couchbase@ fails when the bucket cannot be made', async () => {
    await executable('curl', 'exit 0');
    await docker(0, '[[ "$*" = *bucket-create* ]] && exit 2; exit 0');
    expect(await run(await command('couchbase@.service', 'ExecStartPost')).exited).toBe(2);
  });

  it.each([
    ['before it has an address', 1_000_000, 'exit 0', 'exit 0'],
    ['before 8091 answers', 0, 'exit 7', 'exit 0'],
    ['while it is initialised', 0, 'exit 0', 'exit 1'],
  ])('couchbase@ does not wait for a container that ended %s', async (_when, from, onCurl, onRun) => {
    await executable('curl', onCurl);
    await docker(from, onRun);
    const gone = spawnSync('/bin/true').pid;
    const { exited, output } = run(await command('couchbase@.service', 'ExecStartPost'), { MAINPID: String(gone) });
    expect(await exited).toBe(1);
    expect(output()).toContain('the container of couchbase@1 ended before it was initialised');
  });
});
