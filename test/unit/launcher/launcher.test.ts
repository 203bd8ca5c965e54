import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa, execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathOf, ScratchCheckout } from './scratch-checkout.ts';

const nobody = 65534;
const package_ = `node-linux-${process.arch}@24.21.0`;
const taking = (count: number) => Array.from({ length: count }, () => expect.stringContaining(package_) as string);

let lab: ScratchCheckout;
beforeEach(() => {
  lab = new ScratchCheckout();
});
afterEach(() => lab.remove());

describe.runIf(process.getuid?.() === 0)("the system's Node", () => {
  it.each(['20.19.0', '22.12.0', '24.0.0'])('%s is used as it is', async (version) => {
    lab.node(version);
    const outcome = await lab.run();
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain(`${lab.bin}/node ${version}`);
    expect(pathOf(outcome)).toEqual([lab.bin]);
    expect(existsSync(lab.nodes)).toBe(false);
  });

  it.each(['18.20.4', '20.18.3', '21.7.3', '22.11.0'])(
    '%s is too old: the lab takes one of its own',
    async (version) => {
      lab.node(version);
      lab.npm();
      const outcome = await lab.run();
      expect(outcome.code).toBe(0);
      expect(outcome.stderr).toMatch(
        new RegExp(`^lab: Node ${version} is too old \\(.*\\): taking Node 24.21.0 from npm`),
      );
      expect(outcome.stdout).toContain(`${lab.ownNode} 24.21.0`);
      expect(pathOf(outcome)).toEqual([dirname(lab.ownNode), lab.bin]);
    },
  );

  it('is asked for its version once, and again when another one lies in its place', async () => {
    const asked = join(lab.dir, 'asked');
    lab.node('22.12.0', `[ "$1" != --version ] || echo >>'${asked}'`);
    for (let call = 0; call < 3; call++) expect(await lab.run()).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(asked, 'utf8')).toBe('\n');
    lab.node('18.20.4');
    lab.npm();
    expect((await lab.run()).stdout).toContain(`${lab.ownNode} 24.21.0`);
  });

  it('whose engine is in a library of its own is left alone: a machine could not run a copy', async () => {
    lab.node('20.19.2', '# libnode');
    lab.npm();
    const outcome = await lab.run();
    expect(outcome.stdout).toContain(`${lab.ownNode} 24.21.0`);
    expect(outcome.stderr).toContain('libnode.so');
  });
});

describe.runIf(process.getuid?.() === 0)("the lab's own Node", () => {
  beforeEach(() => lab.node('18.20.4'));

  it('is fetched once, and installs and builds too', async () => {
    lab.npm();
    lab.clean();
    expect((await lab.run()).code).toBe(0);
    const { code, stderr } = await lab.run();
    // The build of this checkout makes nothing, so it is made each time.
    expect([code, stderr.replace(/^lab: building .*$/m, '')]).toEqual([0, '']);
    expect(lab.asked()).toEqual([expect.stringContaining(package_), 'npm ci with v24.21.0']);
    expect(lab.asked()[0]).toContain('--ignore-scripts');
  });

  it('does not count when the call was killed before it was whole', async () => {
    lab.npm('touch half; sleep 60');
    const first = lab.start(['status']);
    while (!existsSync(join(lab.nodes, '.new/half'))) await sleep(20);
    process.kill(-(first.pid ?? NaN), 'SIGKILL');
    await first;
    expect(existsSync(lab.ownNode)).toBe(false);
    lab.npm();
    expect((await lab.run()).stdout).toContain(lab.ownNode);
    expect(lab.asked()).toEqual(taking(2));
    expect(readdirSync(lab.nodes).filter((name) => name === '.new')).toEqual([]);
  });

  it('is fetched once by two first calls', async () => {
    lab.npm('sleep 0.5');
    const both = await Promise.all([lab.run(), lab.run()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(lab.asked()).toEqual(taking(1));
  });

  it('is fetched again when it does not run', async () => {
    lab.npm();
    mkdirSync(dirname(lab.ownNode), { recursive: true });
    writeFileSync(lab.ownNode, '');
    expect((await lab.run()).stdout).toContain(`${lab.ownNode} 24.21.0`);
  });

  it('lies where the cache leads, also when that is not there yet', async () => {
    lab.npm();
    symlinkSync(join(lab.dir, 'large disk/cache'), join(lab.home, '.cache'));
    expect((await lab.run()).code).toBe(0);
    expect(existsSync(join(lab.dir, 'large disk/cache/coreos-lab/node'))).toBe(true);
    const elsewhere = { env: { XDG_CACHE_HOME: join(lab.dir, 'xdg') } };
    expect((await lab.run(['status'], elsewhere)).stdout).toContain(`${lab.dir}/xdg/coreos-lab/node/24.21.0`);
  });

  it("that npm cannot fetch: npm's last lines, and code 69", async () => {
    lab.npm('echo ENOTFOUND; exit 1');
    const { code, stderr } = await lab.run();
    expect(code).toBe(69);
    expect(stderr).toMatch(/^error Node 18.* could not fetch .*\[host\.node\]\n {2}\| ENOTFOUND\nnext {2}\S/m);
    expect(existsSync(lab.ownNode)).toBe(false);
  });
});

describe.runIf(process.getuid?.() === 0)('without Node', () => {
  it("Debian's npm is installed, and fetches one", async () => {
    lab.apt();
    lab.clean();
    const outcome = await lab.run(['status'], { env: { SUDO_UID: '1000' } });
    expect(outcome.stderr).toContain("sudo's PATH has no Node");
    expect(outcome.stdout).toContain(`${lab.ownNode} 24.21.0`);
    expect(lab.asked()).toEqual([
      expect.stringMatching(/^apt-get .* update$/),
      expect.stringMatching(/^apt-get .* install -y --no-install-recommends nodejs npm$/),
      expect.stringContaining(package_),
      'npm ci with v24.21.0',
    ]);
  });

  it('one that was taken before is used, also without npm', async () => {
    lab.apt();
    await lab.run();
    for (const name of ['node', 'npm', 'apt-get']) lab.program(name, 'exit 1');
    expect(await lab.run()).toMatchObject({ code: 0, stderr: '' });
  });

  it('neither npm nor apt-get: 69, and nothing is written', async () => {
    const before = lab.files();
    const { code, stderr } = await lab.run();
    expect([code, stderr]).toEqual([
      69,
      expect.stringMatching(/sudo.*neither npm nor apt-get .*\[host\.npm\]\nnext {2}\S/),
    ]);
    expect(lab.files()).toBe(before);
  });
});

describe.runIf(process.getuid?.() === 0)('Node without npm', () => {
  beforeEach(() => {
    lab.node('22.12.0');
    lab.apt();
  });

  it('is enough once dependencies are installed', async () => {
    expect((await lab.run()).code).toBe(0);
    expect(lab.asked()).toEqual([]);
  });

  it("has Debian's beside it for the first call", async () => {
    lab.clean();
    expect((await lab.run()).stdout).toContain(`${lab.bin}/node 22.12.0`);
    expect(lab.asked()).toHaveLength(3);
  });

  it('and without apt-get: 69, names npm, and nothing is written', async () => {
    lab.clean();
    rmSync(join(lab.bin, 'apt-get'));
    const before = lab.files();
    const { code, stderr } = await lab.run();
    expect([code, stderr]).toEqual([
      69,
      expect.stringMatching(/^error npm is missing.*\[host\.npm\]\nnext {2}install npm/),
    ]);
    expect(lab.files()).toBe(before);
  });

  it("is not replaced by Debian's, where dpkg has it from elsewhere", async () => {
    lab.clean();
    lab.program('dpkg-query', "echo 'installed 22.12.0-1nodesource1'");
    const before = lab.files();
    const { code, stderr } = await lab.run();
    expect([code, stderr]).toEqual([69, expect.stringMatching(/would replace .*\[host\.npm\]\nnext {2}install npm/)]);
    expect(lab.files()).toBe(before);
    expect(lab.asked()).toEqual([]);
  });
});

describe.runIf(process.getuid?.() === 0)('--no-install', () => {
  it.each([
    [['test', '--no-install'], {}],
    [['status'], { LAB_NO_INSTALL: '1' }],
  ])('%s %o: 69 with both steps, and nothing is written', async (args, env) => {
    lab.apt();
    lab.clean();
    const before = lab.files();
    const { code, stderr } = await lab.run(args, { env });
    expect(code).toBe(69);
    expect(stderr).toContain('| apt-get update && apt-get install -y --no-install-recommends nodejs npm\n');
    expect(stderr).toContain(`| npm install ${package_}, into ${dirname(dirname(lab.ownNode))}\n`);
    expect(lab.files()).toBe(before);
    expect(lab.asked()).toEqual([]);
  });

  it('does not stop dependencies of the checkout, and reaches the CLI', async () => {
    lab.node('22.12.0');
    lab.npm();
    lab.clean();
    expect((await lab.run(['up', '--no-install'])).stdout).toContain('no-install=1');
    expect(lab.asked()).toEqual(['npm ci with v22.12.0']);
  });

  it("after -- is another program's", async () => {
    lab.node('22.12.0');
    expect((await lab.run(['ssh', 'core-01', '--', 'x', '--no-install'])).stdout).toContain('no-install=0');
  });
});

describe.runIf(process.getuid?.() === 0)('another user than root', () => {
  const refused = /^error .*\[permission\.\w+\]\nnext {2}Run: sudo '.*\/my lab'\\''s\/lab' status$/;

  it('runs what needs no installation', async () => {
    lab.node('22.12.0');
    expect(await lab.run(['--help'], { user: nobody })).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['dependencies', () => lab.clean()],
    ['the first build', () => rmSync(join(lab.root, 'dist/.built'))],
    ['a build that was broken off', () => rmSync(join(lab.root, 'dist/cli/main.cjs'))],
    ['Node', () => lab.node('18.20.4')],
    ['Node and npm', () => lab.apt()],
  ])('is sent to sudo for %s: 77, and nothing is written', async (what, lack) => {
    if (what !== 'Node and npm') {
      lab.node('22.12.0');
      lab.npm();
    }
    lack();
    const before = lab.files();
    const { code, stderr } = await lab.run(['status'], { user: nobody });
    expect([code, stderr]).toEqual([77, expect.stringMatching(refused)]);
    expect(lab.files()).toBe(before);
    expect(lab.asked()).toEqual([]);
  });

  it('waits for a build that somebody who may write makes at this moment, and runs that one', async () => {
    lab.node('22.12.0');
    writeFileSync(join(lab.root, 'cli/new.ts'), '');
    const lock = join(lab.root, '.lab-install.lock');
    writeFileSync(lock, '');
    const building = execa(
      'flock',
      [lock, 'sh', '-c', 'echo begun; read -r _; touch -d tomorrow "$0"', join(lab.root, 'dist/.built')],
      {
        stdin: 'pipe',
      },
    );
    await once(building.stdout, 'data');
    const looking = lab.run(['status'], { user: nobody });
    // Who did not wait would be through with it.
    await Promise.race([looking, sleep(700)]);
    building.stdin.end('\n');
    await building;
    expect(await looking).toMatchObject({ code: 0, stderr: '' });
  });

  it('runs the last build where sources are newer, which is said, and writes nothing', async () => {
    lab.node('22.12.0');
    writeFileSync(join(lab.root, 'cli/new.ts'), '');
    const before = lab.files();
    const { code, stdout, stderr } = await lab.run(['status'], { user: nobody });
    expect([code, stderr.split('\n')]).toEqual([
      0,
      [expect.stringMatching(/^note: .* cannot be written: .* last build/)],
    ]);
    expect(stdout).toContain('22.12.0');
    expect(lab.files()).toBe(before);
  });
});

describe.runIf(process.getuid?.() === 0)('a checkout on a read-only file system', () => {
  it('runs what is built', async () => {
    lab.node('22.12.0');
    expect(await lab.runReadOnly(['status'])).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(join(lab.root, 'cli/new.ts'), '');
    expect(await lab.runReadOnly(['status'])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^note: .* cannot be written: .* last build.*$/) as string,
    });
  });

  it.each([
    ['dependencies', () => lab.clean()],
    ['the build', () => rmSync(join(lab.root, 'dist'), { recursive: true })],
  ])('is refused for %s: 77, in one line with what to do', async (_, lack) => {
    lab.node('22.12.0');
    lab.npm();
    lack();
    const { code, stderr } = await lab.runReadOnly(['status']);
    expect([code, stderr]).toEqual([
      77,
      expect.stringMatching(/^error \S.* cannot be written, .*\[permission\.checkout\]\nnext {2}use a checkout .*$/),
    ]);
  });
});

describe.runIf(process.getuid?.() === 0)('the name of the checkout’s directory', () => {
  it.each(['a b', "it's", 'c:d', 'e,f', 'g%41', 'i$HOME', 'größe 漢 À', '-n', '*', '"q"', '$(touch x)'])(
    'may be %j, and hints that name it can be pasted',
    async (name) => {
      const odd = new ScratchCheckout(name);
      try {
        odd.node('22.12.0');
        expect(await odd.run()).toMatchObject({ code: 0, stderr: '' });
        odd.program('npm', 'case $1 in --version) exit 0 ;; *) exit 1 ;; esac');
        odd.clean();
        const { code, stderr } = await odd.run();
        const hint = /^next {2}Run: (.*) && npm ci$/m.exec(stderr)?.[1];
        expect([code, execaSync('sh', ['-c', `${hint} && pwd`]).stdout]).toEqual([69, odd.root]);
      } finally {
        odd.remove();
      }
    },
  );

  it.each(['a?', 'b#1', String.raw`c\d`, 'e\nf'])('%j is refused before anything is written: 69', async (name) => {
    const odd = new ScratchCheckout(name);
    try {
      odd.node('22.12.0');
      odd.clean();
      const before = odd.files();
      const { code, stderr } = await odd.run();
      expect([code, stderr]).toEqual([69, expect.stringContaining('[host.checkout]\nnext  move the checkout')]);
      expect(odd.files()).toBe(before);
    } finally {
      odd.remove();
    }
  });
});

describe.runIf(process.getuid?.() === 0)("what the caller's shell has", () => {
  const hostile = {
    BASH_ENV: '/nowhere',
    CDPATH: '/tmp',
    GREP_OPTIONS: '-v',
    LANG: 'xx',
    LC_ALL: 'xx',
    NODE_OPTIONS: '--require /nowhere',
    NODE_PATH: '/nowhere',
    TMPDIR: '/no where',
    HOME: '',
  };

  it('does not come between: options, language, a TMPDIR that is not there, no HOME, umask 077', async () => {
    lab.node('24.0.0', 'case $1 in --version) ;; *) umask; export -p ;; esac\n');
    const before = process.umask(0o077);
    try {
      const { code, stdout, stderr } = await lab.run(['status'], { env: hostile });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('\n0022\n');
      expect(stdout).toMatch(/LC_ALL='?C\.UTF-8'?/);
      expect(stdout).toMatch(/HOME='?\/root'?/);
      for (const name of ['BASH_ENV', 'CDPATH', 'GREP_OPTIONS', 'NODE_OPTIONS', 'NODE_PATH', 'TMPDIR'])
        expect(stdout).not.toMatch(new RegExp(`\\b${name}\\b`));
    } finally {
      process.umask(before);
    }
  });

  it.each(['tmp', '.'])('is not TMPDIR=%s', async (place) => {
    lab.node('24.0.0', 'case $1 in --version) ;; *) echo "tmp=${TMPDIR-none}" ;; esac\n');
    expect((await lab.run(['status'], { env: { TMPDIR: place } })).stdout).toContain('tmp=none');
  });

  it('keeps a TMPDIR that can be written, blank and all', async () => {
    lab.node('24.0.0', 'case $1 in --version) ;; *) echo "tmp=$TMPDIR" ;; esac\n');
    const { stdout } = await lab.run(['status'], { env: { TMPDIR: lab.root } });
    expect(stdout).toContain(`tmp=${lab.root}\n`.trimEnd());
  });
});
