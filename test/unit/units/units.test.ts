import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { valuesOf, type UnitOptions } from '#platform/fleet/unit/unit-file.ts';
import { validateUnit } from '#platform/fleet/unit/validate.ts';

const root = join(import.meta.dirname, '../../../units');
const names = [
  'couchbase-sidekick@.service',
  'couchbase@.service',
  'memcached-sidekick@.service',
  'memcached@.service',
  'web@.service',
  'worker.service',
];
const principals = names.filter((name) => !name.includes('sidekick'));
const sidekicks = names.filter((name) => name.includes('sidekick'));

/** One line a value: the continuations of a long command joined as systemd joins them. */
function read(folder: string, name: string): { options: UnitOptions; service: (key: string) => string[] } {
  const options = parseUnitFile(readFileSync(join(root, folder, name), 'utf8'), name);
  const joined = (text: string) => text.replace(/\\\n/g, ' ').replace(/\s+/g, ' ');
  return { options, service: (key) => valuesOf(options, 'Service', key).map(joined) };
}

describe.each(['', 'book'])('units/%s', (folder) => {
  it('has the six units and no other', () => {
    expect(readdirSync(join(root, folder)).filter((name) => name.endsWith('.service'))).toEqual(names);
  });

  it.each(names)('%s is a valid unit for fleet, needs flannel and always restarts', (name) => {
    const { options, service } = read(folder, name);
    expect(() => validateUnit(name.replace('@', '@1'), options)).not.toThrow();
    expect(valuesOf(options, 'Unit', 'Requires')).toContain('flanneld.service');
    expect(valuesOf(options, 'Unit', 'After').join(' ')).toContain('flanneld.service');
    expect(service('Restart')).toEqual(['always']);
    expect([...service('TimeoutStartSec'), ...service('TimeoutSec')]).toContain('0');
  });

  it.each([
    ['couchbase@.service', '20'],
    ['couchbase-sidekick@.service', '1'],
    ['memcached@.service', '1'],
    ['memcached-sidekick@.service', '1'],
    ['worker.service', '10'],
    ['web@.service', '5'],
  ])('%s restarts after %s s', (name, seconds) => {
    expect(read(folder, name).service('RestartSec')).toEqual([seconds]);
  });

  it.each([
    ['couchbase@.service', 'couchbase:community-4.0.0', ['-p 8091:8091', '--ulimit nofile=40960:40960']],
    ['memcached@.service', 'memcached:1', []],
    ['worker.service', 'mattbailey/ch6-worker:latest', ['-e NODE_ENV=production']],
    ['web@.service', 'mattbailey/ch6-web:latest', ['-p 3000:3000', '-e NODE_ENV=production']],
  ])('%s removes what is left over, pulls %s and runs it', (name, image, flags) => {
    const { service } = read(folder, name);
    const [remove, pull, ...more] = service('ExecStartPre');
    expect(more).toEqual([]);
    const container = /^-\/usr\/bin\/docker rm -f (\S+)$/.exec(remove ?? '')?.[1] ?? '';
    expect(container).not.toBe('');
    expect(pull).toMatch(new RegExp(`^-?/usr/bin/docker pull ${image}$`));
    const [run = ''] = service('ExecStart');
    expect(run.startsWith(`/usr/bin/docker run --rm --name ${container} `)).toBe(true);
    expect(run.endsWith(` ${image}`)).toBe(true);
    for (const flag of flags) expect(run).toContain(` ${flag} `);
    if (name === 'memcached@.service') expect(run).not.toContain(' -p ');
    expect(service('ExecStop')[0]).toMatch(new RegExp(`^-?/usr/bin/docker (rm -f|kill) ${container}$`));
  });

  it('initialises Couchbase with the chapter’s commands', () => {
    const [post = ''] = read(folder, 'couchbase@.service').service('ExecStartPost');
    const image = 'docker run --rm couchbase:community-4.0.0';
    expect(post).toContain('jq -r .[].NetworkSettings.IPAddress');
    expect(post).toMatch(
      new RegExp(
        `${image} couchbase-cli cluster-init -c \\S+:8091"? --cluster-username=Administrator --cluster-password=Password1 ` +
          '--services=data,index,query --cluster-ramsize=500',
      ),
    );
    expect(post).toMatch(
      new RegExp(
        `${image} couchbase-cli bucket-create -c \\S+:8091"? -u Administrator -p Password1 --bucket=default ` +
          '--bucket-type=couchbase --bucket-ramsize=500 --bucket-replica=1 --cluster-ramsize=500',
      ),
    );
    expect(read(folder, 'couchbase@.service').service('TimeoutSec')).toEqual(['0']);
  });

  it.each(['couchbase', 'memcached'])('%s’s sidekick lives and stays with it, and keeps its key', (kind) => {
    const { options, service } = read(folder, `${kind}-sidekick@.service`);
    const principal = `${kind}@%i.service`;
    const key = `/services/${kind}/%i`;
    expect(valuesOf(options, 'Unit', 'BindsTo')).toEqual([principal]);
    expect(valuesOf(options, 'Unit', 'After').join(' ')).toContain(principal);
    expect(valuesOf(options, 'X-Fleet', 'MachineOf')).toEqual([principal]);
    expect(service('ExecStartPre')).toEqual([`-/usr/bin/etcdctl rm ${key}`]);
    const [run = ''] = service('ExecStart');
    const end = [...service('ExecStop'), ...service('ExecStopPost')];
    if (folder === 'book') {
      expect(run).toMatch(
        new RegExp(`^/usr/bin/bash -c '.*etcdctl update --ttl 8 ${key} .*\\|\\| etcdctl set --ttl 8 ${key} .*sleep 5`),
      );
      expect(end.join()).toMatch(new RegExp(`/usr/bin/etcdctl rm ${key}$`));
      return;
    }
    // One process, which removes its key by itself.
    expect(run).toBe(`/usr/bin/announce --ttl \${KEY_TTL} --container ${kind}-%i ${key}`);
    expect(service('Environment')).toEqual(['KEY_TTL=8']);
    expect(service('EnvironmentFile')).toEqual(['-/etc/lab/sidekick.env']);
    expect(end).toEqual([]);
  });

  it('keeps web instances on machines of their own and nothing else apart', () => {
    for (const name of [...principals, ...sidekicks]) {
      const conflicts = valuesOf(read(folder, name).options, 'X-Fleet', 'Conflicts');
      expect(conflicts).toEqual(name === 'web@.service' ? ['web@*.service'] : []);
    }
  });

  const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  it.skipIf(!analyze).each(names)('%s is understood by systemd (skipped without systemd-analyze)', (name) => {
    const dir = mkdtempSync(join(tmpdir(), 'lab-units-'));
    try {
      for (const unit of names) {
        // What the machines have at /usr/bin need not be on this host: only the grammar is judged here.
        const text = readFileSync(join(root, folder, unit), 'utf8').replaceAll(
          /\/usr\/bin\/(docker|etcdctl|announce)/g,
          '/bin/true',
        );
        writeFileSync(join(dir, unit), text);
      }
      for (const needed of ['flanneld', 'docker']) {
        writeFileSync(join(dir, `${needed}.service`), '[Service]\nExecStart=/bin/true\n');
      }
      const unit = name.replace('@', '@1');
      const env = { ...process.env, SYSTEMD_UNIT_PATH: `${dir}:` };
      const result = spawnSync('systemd-analyze', ['verify', unit], { env, encoding: 'utf8' });
      expect(result.stderr.split('\n').filter((line) => line.includes(dir) || line.startsWith(unit))).toEqual([]);
      expect(result.status).toBe(0);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
