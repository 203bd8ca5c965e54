import { describe, expect, it } from 'vitest';
import {
  dataUrl,
  directory,
  file,
  link,
  merge,
  parseIgnition,
  toJson,
  unit,
  user,
  type IgnitionConfig,
} from 'ignition-ts';
import { LabError } from '#errors/lab-error.ts';
import { sshKey, validate } from './oracle.ts';

const body = (text: string) => `[Service]\nExecStart=/bin/${text}\n[Install]\nWantedBy=multi-user.target\n`;
const hash = 'a'.repeat(128);

/** A lab's machine in small. */
const machine = {
  ignition: { timeouts: { httpTotal: 60 } },
  passwd: { users: [user({ name: 'core', sshAuthorizedKeys: [sshKey(1)], groups: ['sudo', 'docker'] })] },
  storage: {
    directories: [directory({ path: '/home/core/.ssh', mode: 0o700, user: 'core', group: 'core' })],
    files: [
      file({ path: '/etc/hostname', contents: 'core-01\n' }),
      file({ path: '/opt/lab/bin/tool', mode: 0o755, source: 'http://172.17.8.1/tool', sha512: hash }),
    ],
    links: [link({ path: '/etc/localtime', target: '/usr/share/zoneinfo/UTC' })],
  },
  systemd: {
    units: [
      unit({
        name: 'docker.service',
        enabled: true,
        contents: body('dockerd'),
        dropins: { '10-size.conf': '[Service]\nNice=1\n' },
      }),
      unit({ name: 'etcd.service', enabled: true, contents: body('etcd') }),
    ],
  },
};

const own = (parts: object, ignition: object = {}) =>
  parseIgnition(JSON.stringify({ ignition: { version: '3.3.0', ...ignition }, ...parts }), 'own.ign');

/** Merged, and seen by Debian's ignition-validate, which has no word to say. */
function merged(parts: object, ignition?: object): IgnitionConfig {
  const config = merge(machine, own(parts, ignition));
  expect(validate(toJson(config))).toEqual({ clean: true, rc: 0, output: '' });
  return config;
}

const userOf = (config: IgnitionConfig, name: string) => config.passwd?.users?.find((one) => one.name === name);
const unitOf = (config: IgnitionConfig, name: string) => config.systemd?.units?.find((one) => one.name === name);
const fileOf = (config: IgnitionConfig, path: string) => config.storage?.files?.find((one) => one.path === path);

describe('merge', () => {
  it('joins users of one name: keys and groups of both, the rest as the reader says', () => {
    const mine = { name: 'core', sshAuthorizedKeys: [sshKey(2), sshKey(1)], groups: ['adm', 'sudo'], shell: '/bin/sh' };
    const config = merged({ passwd: { users: [mine, { name: 'operator', uid: 1500 }] } });
    expect(config.passwd?.users?.map(({ name }) => name)).toEqual(['core', 'operator']);
    expect(userOf(config, 'core')).toEqual({
      name: 'core',
      sshAuthorizedKeys: [sshKey(1), sshKey(2)],
      groups: ['sudo', 'docker', 'adm'],
      shell: '/bin/sh',
    });
  });

  it('joins groups of one name', () => {
    const config = merge(
      { passwd: { groups: [{ name: 'ops', gid: 900 }] } },
      { passwd: { groups: [{ name: 'ops', gid: 901 }, { name: 'dev' }] } },
    );
    expect(config.passwd?.groups).toEqual([{ name: 'ops', gid: 901 }, { name: 'dev' }]);
  });

  it('joins units of one name, and their drop-ins of one name', () => {
    const config = merged({
      systemd: {
        units: [
          { name: 'docker.service', dropins: [{ name: '20-mine.conf', contents: '[Unit]\nDescription=x\n' }] },
          { name: 'etcd.service', contents: body('other') },
          { name: 'mine.service', enabled: true, contents: body('mine') },
        ],
      },
    });
    expect(config.systemd?.units?.map(({ name }) => name)).toEqual(['docker.service', 'etcd.service', 'mine.service']);
    expect(unitOf(config, 'docker.service')).toMatchObject({
      enabled: true,
      contents: body('dockerd'),
      dropins: [{ name: '10-size.conf' }, { name: '20-mine.conf' }],
    });
    expect(unitOf(config, 'etcd.service')).toEqual({ name: 'etcd.service', enabled: true, contents: body('other') });
    const again = merged({
      systemd: {
        units: [{ name: 'docker.service', dropins: [{ name: '10-size.conf', contents: '[Service]\nNice=9\n' }] }],
      },
    });
    expect(unitOf(again, 'docker.service')?.dropins).toEqual([
      { name: '10-size.conf', contents: '[Service]\nNice=9\n' },
    ]);
  });

  it('takes what is said twice alike', () => {
    const { ignition, ...parts } = machine;
    expect(merged(parts, ignition)).toEqual(merge(machine));
  });

  it('masks and disables', () => {
    const config = merged({
      systemd: {
        units: [
          { name: 'docker.service', mask: true },
          { name: 'etcd.service', enabled: false },
        ],
      },
    });
    expect(unitOf(config, 'docker.service')).toMatchObject({ mask: true });
    expect(unitOf(config, 'docker.service')).not.toHaveProperty('contents');
    expect(unitOf(config, 'etcd.service')).toMatchObject({ enabled: false, contents: body('etcd') });
  });

  it('joins files of one path; a source of the reader brings its own hash', () => {
    const config = merged({
      storage: {
        files: [
          { path: '/etc/hostname', mode: 0o600 },
          { path: '/opt/lab/bin/tool', contents: { source: 'data:,mine' } },
          { path: '/etc/motd', append: [{ source: 'data:,hello' }] },
        ],
      },
    });
    expect(fileOf(config, '/etc/hostname')).toEqual({
      path: '/etc/hostname',
      mode: 0o600,
      contents: { source: dataUrl('core-01\n') },
    });
    expect(fileOf(config, '/opt/lab/bin/tool')).toEqual({
      path: '/opt/lab/bin/tool',
      mode: 0o755,
      contents: { source: 'data:,mine' },
    });
    expect(fileOf(config, '/etc/motd')?.append).toHaveLength(1);
  });

  it('appends what both append, in order', () => {
    const appending = (text: string) => ({
      storage: { files: [{ path: '/etc/motd', append: [{ source: dataUrl(text) }] }] },
    });
    expect(merge(appending('a'), appending('a'), appending('b')).storage?.files).toEqual([
      { path: '/etc/motd', append: ['a', 'a', 'b'].map((text) => ({ source: dataUrl(text) })) },
    ]);
  });

  it('lets the reader make another thing of a path', () => {
    const config = merged({
      storage: {
        files: [{ path: '/etc/localtime', contents: { source: 'data:,x' } }],
        links: [{ path: '/etc/hostname', target: '/run/name' }],
        directories: [{ path: '/home/core/.ssh', mode: 0o755, user: { id: 1000 } }],
      },
    });
    expect(config.storage?.files?.map(({ path }) => path)).toEqual(['/opt/lab/bin/tool', '/etc/localtime']);
    expect(config.storage?.links).toEqual([{ path: '/etc/hostname', target: '/run/name' }]);
    expect(config.storage?.directories).toEqual([
      { path: '/home/core/.ssh', mode: 0o755, user: { id: 1000 }, group: { name: 'core' } },
    ]);
  });

  it('joins headers by name, authorities by source, and hosts without a proxy', () => {
    const header = (name: string, value?: string) => (value === undefined ? { name } : { name, value });
    const from = (...httpHeaders: object[]) => ({
      storage: { files: [{ path: '/a', contents: { source: 'http://x/a', httpHeaders } }] },
    });
    const config = merge(own(from(header('A', '1'), header('B', '2'))), own(from(header('A', '9'), header('B'))));
    expect(config.storage?.files?.[0]?.contents?.httpHeaders).toEqual([header('A', '9')]);
    const trusting = (source: string) => ({ security: { tls: { certificateAuthorities: [{ source }] } } });
    const proxied = (...noProxy: string[]) => ({ proxy: { noProxy } });
    const both = merge(
      own({}, { ...trusting('data:,a'), ...proxied('a', 'b') }),
      own({}, { ...trusting('data:,a'), ...proxied('b', 'c'), timeouts: { httpTotal: 5 } }),
    );
    expect(both.ignition).toEqual({
      version: '3.3.0',
      ...trusting('data:,a'),
      ...proxied('a', 'b', 'c'),
      timeouts: { httpTotal: 5 },
    });
  });

  it.each([
    [
      'a file below a file of the lab',
      '{"ignition": {"version": "3.3.0"},\n "storage": {"files": [\n  {"path": "/etc/hostname/x"}]}}',
      /^own\.ign:3:4: \$\.storage\.files\.2\.path: path \/etc\/hostname\/x lies below/,
    ],
    [
      "a file in place of the lab's directory",
      '{"ignition": {"version": "3.3.0"},\n "storage": {"files": [\n  {"path": "/opt/lab"}]}}',
      /^own\.ign:3:3: \$\.storage\.files\.1\.path: path \/opt\/lab\/bin\/tool lies below \/opt\/lab/,
    ],
    [
      'a unit that can no longer be enabled',
      '{"ignition": {"version": "3.3.0"},\n "systemd": {"units": [\n  {"name": "a.service"},\n  {"name": "etcd.service", "contents": "[Unit]\\n"}]}}',
      /^own\.ign:4:3: \$\.systemd\.units\.1\.enabled: etcd\.service is enabled but has no \[Install\]/,
    ],
  ])("names the reader's line when the whole cannot be: %s", (_, text, message) => {
    try {
      merge(machine, parseIgnition(text, 'own.ign'));
    } catch (error) {
      expect(error).toBeInstanceOf(LabError);
      expect((error as LabError).message).toMatch(message);
      return;
    }
    throw new Error('was accepted');
  });

  it.each([
    ['users', '{"passwd": {"users": [{"name": "a"},\n {"name": "a", "uid": 1}]}', '$.passwd.users.1.name'],
    [
      'units',
      '{"systemd": {"units": [{"name": "a.service"},\n {"name": "a.service", "mask": true}]}',
      '$.systemd.units.1.name',
    ],
    [
      'paths',
      '{"storage": {"files": [{"path": "/a"}],\n "links": [{"path": "/a", "target": "b"}]}',
      '$.storage.links.0.path',
    ],
  ])('a clash within one file names its line: %s', (_, start, at) => {
    expect(() => parseIgnition(`${start}, "ignition": {"version": "3.3.0"}}`, 'own.ign')).toThrow(
      expect.objectContaining({
        code: 'ignition.duplicate',
        message: expect.stringMatching(new RegExp(`^own\\.ign:2:\\d+: ${at.replace(/[$.]/g, '\\$&')}: `)) as string,
      }),
    );
  });
});
