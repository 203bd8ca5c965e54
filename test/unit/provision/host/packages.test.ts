import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { ensurePackages, missingPackages } from '#provision/host/packages.ts';

/** A directory with a dpkg-query and an apt-get of our own: real executables that keep "installed" packages as files. */
let dir: string;
let env: { PATH: string };
let policyFile: string;
let recordFile: string;
let unitsDir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-packages-'));
  policyFile = join(dir, 'policy-rc.d');
  recordFile = join(dir, 'run', 'before');
  unitsDir = dir;
  await mkdir(wants('system'), { recursive: true });
  await enable('ssh.service');
  env = { PATH: `${dir}:/usr/bin:/bin` };
  await script(
    'dpkg-query',
    `[ "$1" = -L ] && { shift; for p; do echo /lib/systemd/system/$p.service; echo /usr/lib/systemd/user/$p.socket; done; exit; }\nshift 3\nfor p; do [ -e "${dir}/$p.installed" ] && echo "$p installed" || { [ -e "${dir}/$p.rc" ] && echo "$p config-files"; }; done; true`,
  );
  await script(
    'systemctl',
    `[ "$4" = disable ] || exit 0; of=system; [ "$1" = --global ] && of=user; shift 4
for u; do echo "$of/$u" >>${dir}/disabled; rm ${dir}/$of/*/$u; done`,
  );
  await script(
    'apt-get',
    `echo "$*" >> ${dir}/apt.log
[ -e ${policyFile} ] && { ${policyFile}; echo "policy $?" >> ${dir}/apt.log; }
case "$*" in *update*) exit 0;; esac
while [ "$1" != --no-install-recommends ]; do shift; done; shift
for p; do [ "$p" = broken ] && { echo 'E: Unable to locate package broken'; exit 100; }; touch "${dir}/$p.installed"; [ "$p" = daemon ] && ln -s /lib/systemd/system/daemon.service ${wants('system')}; [ "$p" = agent ] && mkdir -p ${wants('user')} && ln -s /usr/lib/systemd/user/agent.socket ${wants('user')}; echo "Setting up $p (1.0) ..."; done`,
  );
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

const wants = (scope: 'system' | 'user') =>
  join(dir, scope, scope === 'system' ? 'multi-user.target.wants' : 'sockets.target.wants');
const enable = (unit: string) => symlink(`/lib/systemd/system/${unit}`, join(wants('system'), unit));
const enabled = (scope: 'system' | 'user' = 'system') => readdir(wants(scope));

async function script(name: string, body: string): Promise<void> {
  await writeFile(join(dir, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(dir, name), 0o755);
}

async function failure(promise: Promise<unknown>): Promise<LabError> {
  return await promise.then(
    () => expect.unreachable('should have failed'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(LabError);
      return error as LabError;
    },
  );
}

describe('ensurePackages', () => {
  it('does nothing when everything is installed', async () => {
    await writeFile(join(dir, 'alpha.installed'), '');
    expect(
      await ensurePackages({ install: false, packages: ['alpha'], env, policyFile, recordFile, unitsDir }),
    ).toEqual([]);
    await expect(stat(join(dir, 'apt.log'))).rejects.toThrow('ENOENT');
  });

  it('counts a removed package whose configuration is left as missing', async () => {
    await writeFile(join(dir, 'beta.rc'), '');
    expect(await missingPackages(['beta'], env)).toEqual(['beta']);
  });

  it('without leave to install, names what is missing and the exact command', async () => {
    const error = await failure(
      ensurePackages({ install: false, packages: ['alpha', 'beta'], env, policyFile, recordFile, unitsDir }),
    );
    expect(error.code).toBe('host.packages');
    expect(error.next).toBe('Run: apt-get update && apt-get install -y --no-install-recommends alpha beta');
  });

  it.each(['1', 'true'])('LAB_NO_INSTALL=%s is no leave to install', async (value) => {
    vi.stubEnv('LAB_NO_INSTALL', value);
    const error = await failure(ensurePackages({ packages: ['alpha'], env, policyFile }));
    expect([error.code, error.evidence]).toEqual(['host.packages', [expect.stringContaining('alpha')]]);
  });

  it.runIf(process.getuid?.() === 0).each(['', '0'])('LAB_NO_INSTALL=%o is leave to install', async (value) => {
    vi.stubEnv('LAB_NO_INSTALL', value);
    expect(await ensurePackages({ packages: ['alpha'], env, policyFile })).toEqual(['alpha']);
  });

  it.runIf(process.getuid?.() === 0)('installs only what is missing, services held off, and says so', async () => {
    await writeFile(join(dir, 'alpha.installed'), '');
    const lines: string[] = [];
    const options = { install: true, packages: ['alpha', 'beta'], env, policyFile, recordFile, unitsDir };
    expect(await ensurePackages({ ...options, onProgress: (line) => lines.push(line) })).toEqual(['beta']);
    const log = await readFile(join(dir, 'apt.log'), 'utf8');
    expect(log).toContain('-o DPkg::Lock::Timeout=120 install -y --no-install-recommends beta\npolicy 101');
    expect(lines).toEqual(['installing Debian packages: beta', 'Setting up beta (1.0) ...']);
    await expect(stat(policyFile)).rejects.toThrow('ENOENT');
  });

  it.runIf(process.getuid?.() === 0)(
    "leaves an administrator's policy-rc.d alone, and replaces our leftover",
    async () => {
      await writeFile(policyFile, '#!/bin/sh\nexit 7\n', { mode: 0o755 });
      await ensurePackages({ install: true, packages: ['beta'], env, policyFile, recordFile, unitsDir });
      expect(await readFile(policyFile, 'utf8')).toBe('#!/bin/sh\nexit 7\n');
      await writeFile(policyFile, '#!/bin/sh\n# made by coreos-lab while it installs packages\nexit 101\n');
      await ensurePackages({ install: true, packages: ['gamma'], env, policyFile, recordFile, unitsDir });
      await expect(stat(policyFile)).rejects.toThrow('ENOENT');
    },
  );

  it.runIf(process.getuid?.() === 0)("shows apt's own words when it fails, and cleans up", async () => {
    const error = await failure(
      ensurePackages({ install: true, packages: ['broken'], env, policyFile, recordFile, unitsDir }),
    );
    expect(error).toMatchObject({ code: 'host.packages', evidence: ['E: Unable to locate package broken'] });
    await expect(stat(policyFile)).rejects.toThrow('ENOENT');
  });

  it.runIf(process.getuid?.() === 0)('disables the units that it enabled, says so, and leaves all others', async () => {
    const lines: string[] = [];
    const options = { install: true, packages: ['daemon', 'alpha'], env, policyFile, recordFile, unitsDir };
    await ensurePackages({ ...options, onProgress: (line) => lines.push(line) });
    expect(lines.at(-1)).toBe("disabled for the host's next boot: system/daemon.service");
    expect(await enabled()).toEqual(['ssh.service']);
    await expect(stat(recordFile)).rejects.toThrow('ENOENT');
  });

  it.runIf(process.getuid?.() === 0)("disables what it enabled for users' logins as well", async () => {
    const lines: string[] = [];
    const options = { install: true, packages: ['agent', 'daemon'], env, policyFile, recordFile, unitsDir };
    await ensurePackages({ ...options, onProgress: (line) => lines.push(line) });
    expect(lines.at(-1)).toBe("disabled for the host's next boot: system/daemon.service user/agent.socket");
    expect([await enabled(), await enabled('user')]).toEqual([['ssh.service'], []]);
  });

  it.runIf(process.getuid?.() === 0)('disables them also when a later package of the same call fails', async () => {
    await failure(
      ensurePackages({ install: true, packages: ['daemon', 'broken'], env, policyFile, recordFile, unitsDir }),
    );
    expect(await enabled()).toEqual(['ssh.service']);
  });

  it.runIf(process.getuid?.() === 0)(
    'finishes what a killed call left, and touches no unit that a person enabled since',
    async () => {
      await mkdir(join(dir, 'run'));
      await writeFile(recordFile, JSON.stringify({ packages: ['daemon'], enabled: ['system/ssh.service'] }));
      await writeFile(join(dir, 'daemon.installed'), '');
      await enable('daemon.service');
      await enable('nginx.service');
      await ensurePackages({ install: true, packages: ['daemon'], env, policyFile, recordFile, unitsDir });
      expect(await readFile(join(dir, 'disabled'), 'utf8')).toBe('system/daemon.service\n');
      expect(await enabled()).toEqual(['nginx.service', 'ssh.service']);
      await expect(stat(recordFile)).rejects.toThrow('ENOENT');
    },
  );

  it('says what is wrong on a host that is not Debian', async () => {
    const error = await failure(ensurePackages({ install: false, packages: ['a'], env: { PATH: '/nonexistent' } }));
    expect(error.code).toBe('host.debian');
  });
});
