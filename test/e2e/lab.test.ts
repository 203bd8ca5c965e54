import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repoDir, runProgram } from '../support/lab-cli.ts';
import { remainsOf } from '../support/remains.ts';
import { e2eLab } from './e2e-lab.ts';

const machines = ['core-01', 'core-02', 'core-03'];
const ready = { state: 'running', etcd: 'healthy', fleet: 'present' };

beforeAll(async () => {
  expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
  const up = await e2eLab.lab('up');
  expect(up.stderr + up.stdout).toContain('is ready after');
  expect(up.exitCode).toBe(0);
});

afterAll(async () => {
  await e2eLab.lab('destroy');
});

describe('up', () => {
  it('gives three ready machines at the addresses of the book', async () => {
    const now = await e2eLab.status();
    expect(now.machines.map(({ name, address }) => [name, address])).toEqual([
      ['core-01', '172.17.8.101'],
      ['core-02', '172.17.8.102'],
      ['core-03', '172.17.8.103'],
    ]);
    for (const machine of now.machines) expect(machine).toMatchObject(ready);
  });

  it('keeps what runs when it is run again', async () => {
    const result = JSON.parse((await e2eLab.lab('up', '--json')).stdout) as { steps: { action: string }[] };
    expect(result.steps.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep']);
  });

  it('provisions by Ignition: name, user, network, tools', async () => {
    expect((await e2eLab.on('core-02', 'hostname; id -un; sudo -n id -un')).stdout).toBe('core-02\ncore\nroot');
    expect((await e2eLab.on('core-02', 'test -s /etc/.ignition-result.json && echo provisioned')).stdout).toBe(
      'provisioned',
    );
  });
});

describe('a machine has its own size', () => {
  it('shows 2 GB and 1 CPU in free and docker info', async () => {
    expect((await e2eLab.on('core-01', "free -m | awk '/Mem/ {print $2}'")).stdout).toBe('2048');
    const info = JSON.parse((await e2eLab.on('core-01', "docker info -f '{{json .}}'")).stdout) as {
      MemTotal: number;
      NCPU: number;
    };
    expect(info).toMatchObject({ MemTotal: 2048 * 1024 * 1024, NCPU: 1 });
  });

  it('lets a memory hog die alone', async () => {
    const before = await e2eLab.on(
      'core-03',
      'cat /proc/sys/kernel/random/boot_id; systemctl show -p MainPID etcd fleet docker',
    );
    const hog = await e2eLab.on(
      'core-03',
      `node -e 'const a = []; for (;;) a.push(Buffer.alloc(64 * 1024 * 1024, 1))'; echo exit=$?`,
    );
    expect(hog.stdout).toContain('exit=137');
    // What was pushed out of memory is read again.
    await expect
      .poll(async () => (await e2eLab.status()).machines, { timeout: 60_000, interval: 500 })
      .toMatchObject([ready, ready, ready]);
    const after = await e2eLab.on(
      'core-03',
      'cat /proc/sys/kernel/random/boot_id; systemctl show -p MainPID etcd fleet docker',
    );
    expect(after.stdout).toBe(before.stdout);
  });
});

describe('containers', () => {
  it("pulls memcached:1 as printed in the book, and runs Debian's memcached", async () => {
    const pull = await e2eLab.on('core-01', 'docker pull memcached:1');
    expect(pull.stdout).toContain('memcached:1');
    expect((await e2eLab.on('core-01', 'docker run --rm memcached:1 memcached --version')).stdout).toMatch(
      /^memcached 1\.\d+/,
    );
  });

  it("lets containers on different machines talk to each other, at flannel's addresses", async () => {
    await e2eLab.on('core-01', 'docker run -d --rm --name e2e-talk memcached:1');
    const address = (await e2eLab.on('core-01', "docker inspect e2e-talk | jq -r '.[].NetworkSettings.IPAddress'"))
      .stdout;
    expect(address).toMatch(/^10\.1\.\d+\.\d+$/);
    const answer = await e2eLab.on(
      'core-03',
      `docker run --rm memcached:1 sh -c 'printf "version\\r\\nquit\\r\\n" | nc ${address} 11211'`,
    );
    expect(answer.stdout).toContain('VERSION 1.');
    await e2eLab.on('core-01', 'docker rm -f e2e-talk');
  });

  it("reaches etcd at the container's own address with .1 at the end", async () => {
    const command = `a=$(hostname -i); wget -q -O - http://\${a%.*}.1:2379/version`;
    expect((await e2eLab.on('core-02', `docker run --rm memcached:1 sh -c '${command}'`)).stdout).toContain(
      'etcdserver',
    );
  });
});

describe("the chapter's etcdctl", () => {
  it('sets, gets, lists and expires keys on every machine', async () => {
    expect((await e2eLab.on('core-01', 'etcdctl set --ttl 60 /services/e2e/1 10.1.9.9')).stdout).toBe('10.1.9.9');
    expect((await e2eLab.on('core-03', 'etcdctl get /services/e2e/1')).stdout).toBe('10.1.9.9');
    expect((await e2eLab.on('core-02', 'etcdctl ls --recursive /services')).stdout).toContain('/services/e2e/1');
    expect((await e2eLab.on('core-02', 'etcdctl update /services/e2e/none x')).exitCode).toBe(4);
    expect((await e2eLab.on('core-02', 'etcdctl rm /services/e2e/1')).exitCode).toBe(0);
  });
});

describe('lab shell', () => {
  const book = join(e2eLab.configDir, 'book');
  const typed = (line: string) => e2eLab.lab('shell', '--dir', book, '-c', line);

  it("takes the chapter's lines as they are printed", async () => {
    mkdirSync(join(book, 'code'), { recursive: true });
    symlinkSync(join(repoDir, 'units/book'), join(book, 'code/ch6'));
    const units = 'code/ch6/memcached@{1..3}.service code/ch6/memcached-sidekick@{1..3}.service';
    expect(await typed(`fleetctl start ${units}`)).toMatchObject({ exitCode: 0 });
    const listed = await typed("fleetctl list-units | grep -E 'memcached@'");
    expect(listed.stdout.match(/^memcached@[123]\.service\t.*active\trunning$/gm)).toHaveLength(3);
    const address = /^10\.1\.\d+\.\d+(:\d+)?$/;
    await expect
      .poll(async () => (await typed('etcdctl get /services/memcached/1')).stdout, { timeout: 30_000, interval: 500 })
      .toMatch(address);
    expect((await typed('etcdctl ls --recursive /services | head -n 1')).stdout).toBe('/services/memcached');
    expect((await typed('ssh core-02 hostname; vagrant ssh core-03 -c "exit 9"')).exitCode).toBe(9);
    expect((await typed(`fleetctl destroy memcached@{1..3} memcached-sidekick@{1..3}`)).exitCode).toBe(0);
  });

  it('builds an image, and every machine can pull what is pushed', async () => {
    const context = join(e2eLab.configDir, 'image');
    mkdirSync(context);
    writeFileSync(join(context, 'Dockerfile'), 'FROM lab/debian:12\nRUN echo mine > /mine\nCMD cat /mine\n');
    const built = await typed(`docker build -t e2e/mine ${context} && docker push e2e/mine`);
    expect(built).toMatchObject({ exitCode: 0 });
    expect((await typed('ssh core-03 docker run --rm e2e/mine')).stdout).toBe('mine');
    writeFileSync(join(context, 'Dockerfile'), 'FROM lab/debian:12\nRUN echo going wrong; exit 3\n');
    const failed = await typed(`docker build -t e2e/mine ${context}`);
    expect(failed.exitCode).toBe(67);
    expect(failed.stderr).toContain('Dockerfile:2: step 2 failed: RUN echo going wrong; exit 3');
    expect((await typed('eval "$(lab env core-02)"; docker info -f "{{.Name}}"')).stdout).toBe('core-02');
  });

  it('halts and starts a machine in the words of Vagrant, and counts them in its prompt', async () => {
    const halt = await typed('vagrant halt core-02; sh "$LAB_SHELL_HOME/state.sh"');
    expect(halt.stdout).toBe(`==> core-02: Attempting graceful shutdown of VM...\n${e2eLab.name} 2/3 core-02 halted`);
    expect((await typed('ssh core-02')).exitCode).toBe(74);
    const up = await typed('vagrant up core-02; sh "$LAB_SHELL_HOME/state.sh"');
    expect(up.stdout).toContain('==> core-02: Machine booted and ready!');
    expect(up.stdout).toMatch(new RegExp(`${e2eLab.name} 3/3$`));
  });
});

describe('commands by lab ssh', () => {
  const connection = async () => (await e2eLab.on('core-01', 'echo $SSH_CONNECTION')).stdout;

  it('go over one connection, many at once; one with options has its own', async () => {
    const first = await connection();
    expect(first).toContain(' 172.17.8.101 22');
    expect(await connection()).toBe(first);
    const own = await e2eLab.lab('ssh', 'core-01', '-T', '--', 'echo $SSH_CONNECTION');
    expect([own.exitCode, own.stdout]).toEqual([0, expect.not.stringMatching(first)]);
    const many = Array.from({ length: 12 }, (_, index) => e2eLab.on('core-01', `sleep 2; exit ${index}`));
    const ends = (await Promise.all(many)).map(({ exitCode, stderr }) => [exitCode, stderr]);
    expect(ends).toEqual(many.map((_, index) => [index, '']));
  });

  it('find the machine again after a cut, by a connection of its new boot', async () => {
    const before = await connection();
    expect(await e2eLab.lab('cut', 'core-01')).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.lab('up', 'core-01')).toMatchObject({ exitCode: 0 });
    const after = await connection();
    expect([after, await connection()]).toEqual([expect.stringContaining(' 172.17.8.101 22'), after]);
    expect(after).not.toBe(before);
  });
});

describe('bad input on a running lab', () => {
  it('names the machine that does not exist', async () => {
    const outcome = await e2eLab.lab('halt', 'core-09');
    expect(outcome.exitCode).toBe(68);
    expect(outcome.stderr).toContain('core-09');
  });

  it('says why a unit cannot be scheduled, at once', async () => {
    const file = join(repoDir, 'test/e2e/units/nowhere.service');
    const outcome = await e2eLab.lab('fleetctl', 'start', file);
    expect(outcome.stderr).toContain('mars');
    expect(outcome.exitCode).toBe(71);
    expect((await e2eLab.lab('fleetctl', 'destroy', 'nowhere.service')).exitCode).toBe(0);
  });
});

/** A host that stands still for seconds can refute a statement about time; twice in a row it is ours. */
describe('failover', { retry: 1 }, () => {
  it('deploys the stack, halts the machine with Couchbase and proves that the stack survives', async () => {
    const outcome = await e2eLab.lab('scenario', 'failover');
    expect(outcome.stdout).toContain('PASS');
    expect(outcome.exitCode).toBe(0);
    const report = JSON.parse(readFileSync(join(repoDir, 'runs/failover/latest/report.json'), 'utf8')) as {
      verdict: string;
      timeline: { atMs?: number }[];
    };
    expect(report.verdict).toBe('pass');
    expect(report.timeline.length).toBeGreaterThan(5);
    expect(report.timeline.every(({ atMs }) => atMs !== undefined)).toBe(true);
  });

  it('survives the pulled cord too', async () => {
    const outcome = await e2eLab.lab('scenario', 'failover', '--by', 'cut');
    expect(outcome.stdout).toContain('PASS');
    expect(outcome.exitCode).toBe(0);
  });
});

describe("the book's own units", () => {
  it('run as printed: images, flags, commands', async () => {
    const stack = ['couchbase@1', 'couchbase-sidekick@1', 'worker', 'web@1', 'web@2', 'web@3'].concat(
      [1, 2, 3].flatMap((n) => [`memcached@${n}`, `memcached-sidekick@${n}`]),
    );
    expect((await e2eLab.lab('fleetctl', 'destroy', ...stack)).exitCode).toBe(0);
    const started = await e2eLab.lab('fleetctl', 'start', ...stack.map((unit) => `units/book/${unit}.service`));
    expect(started).toMatchObject({ exitCode: 0 });
    await expect
      .poll(
        async () =>
          (await e2eLab.lab('fleetctl', 'list-units', '--no-legend', '--fields', 'unit,active,sub')).stdout
            .replaceAll(/\t+/g, ' ')
            .split('\n'),
        {
          timeout: 180_000,
          interval: 2_000,
        },
      )
      .toEqual(stack.map((unit) => `${unit}.service active running`).sort());
    await expect
      .poll(async () => (await e2eLab.on('core-01', 'etcdctl ls --recursive /services')).stdout.split('\n').length, {
        timeout: 60_000,
        interval: 1_000,
      })
      .toBe(6);
  });
});

describe('machines come and go', () => {
  it('halt keeps the disk, up brings the machine back into etcd and fleet', async () => {
    await e2eLab.on('core-02', 'echo kept > /home/core/kept');
    expect((await e2eLab.lab('halt', 'core-02')).exitCode).toBe(0);
    expect((await e2eLab.status()).machines[1]).toMatchObject({ name: 'core-02', state: 'stopped' });
    expect((await e2eLab.lab('up', 'core-02')).exitCode).toBe(0);
    expect((await e2eLab.on('core-02', 'cat /home/core/kept')).stdout).toBe('kept');
    expect((await e2eLab.status()).machines[1]).toMatchObject(ready);
  });

  it('converges after kill -9 of the supervisor', async () => {
    const pids = JSON.parse(readFileSync(`/run/coreos-lab/${e2eLab.name}/supervisor.json`, 'utf8')) as {
      unshare: number;
    };
    process.kill(pids.unshare, 'SIGKILL');
    expect((await e2eLab.status()).up).toBe(false);
    expect((await e2eLab.lab('up')).exitCode).toBe(0);
    for (const machine of (await e2eLab.status()).machines) expect(machine).toMatchObject(ready);
    expect((await e2eLab.on('core-02', 'cat /home/core/kept')).stdout).toBe('kept');
  });

  it('destroy leaves nothing behind, even when everything was shot first', async () => {
    const pids = JSON.parse(readFileSync(`/run/coreos-lab/${e2eLab.name}/supervisor.json`, 'utf8')) as {
      unshare: number;
    };
    process.kill(pids.unshare, 'SIGKILL');
    expect((await e2eLab.lab('destroy')).exitCode).toBe(0);
    expect(await remainsOf(e2eLab.name)).toEqual([]);
    expect((await runProgram('ls', [e2eLab.stateDir])).exitCode).not.toBe(0);
    expect((await e2eLab.status()).machines.map(({ state }) => state)).toEqual(machines.map(() => 'absent'));
  });
});
