import { describe, expect, it } from 'vitest';
import { checkConfig } from 'ignition-ts';
import { sshKey, validate } from './oracle.ts';

const version = { version: '3.3.0' };
const node = (kind: string, ...nodes: object[]) => ({ storage: { [kind]: nodes } });
const file = (more: object) => node('files', { path: '/a', ...more });
const from = (source: string, more: object = {}) => file({ contents: { source, ...more } });
const unit = (...units: object[]) => ({ systemd: { units } });
const user = (more: object) => ({ passwd: { users: [{ name: 'core', ...more }] } });
const service = '[Service]\nExecStart=/bin/true\n';

/** Wrong, and ignition-validate says so too: an error, or a warning that we do not accept. */
const bothRefuse: [string, object, string, string][] = [
  ['relative path', node('files', { path: 'a' }), 'ignition.path', '$.storage.files.0.path'],
  ['empty path', node('files', { path: '' }), 'ignition.path', '$.storage.files.0.path'],
  ['path with ..', node('files', { path: '/a/../b' }), 'ignition.path', '$.storage.files.0.path'],
  ['path with //', node('links', { path: '/a//b', target: '/c' }), 'ignition.path', '$.storage.links.0.path'],
  ['trailing slash', node('directories', { path: '/a/' }), 'ignition.path', '$.storage.directories.0.path'],
  ['same path twice', node('files', { path: '/a' }, { path: '/a' }), 'ignition.duplicate', '$.storage.files.1.path'],
  [
    'file and directory at one path',
    { storage: { files: [{ path: '/a' }], directories: [{ path: '/a' }] } },
    'ignition.duplicate',
    '$.storage.files.0.path',
  ],
  [
    'file below a link',
    { storage: { links: [{ path: '/l', target: '/x' }], files: [{ path: '/l/a' }] } },
    'ignition.path',
    '$.storage.files.0.path',
  ],
  [
    'hard link to a directory',
    { storage: { directories: [{ path: '/d' }], links: [{ path: '/l', target: '/d', hard: true }] } },
    'ignition.path',
    '$.storage.links.0.target',
  ],
  ['link without target', node('links', { path: '/l' }), 'ignition.missing', '$.storage.links.0.target'],
  ['decimal 644', file({ mode: 644 }), 'ignition.mode', '$.storage.files.0.mode'],
  ['mode as text', file({ mode: '0644' }), 'ignition.type', '$.storage.files.0.mode'],
  ['mode too large', file({ mode: 4096 }), 'ignition.mode', '$.storage.files.0.mode'],
  ['overwrite without source', file({ overwrite: true }), 'ignition.overwrite', '$.storage.files.0.overwrite'],
  ['owner with id and name', file({ user: { id: 1, name: 'a' } }), 'ignition.owner', '$.storage.files.0.user'],
  ['unknown scheme', from('file:///etc/passwd'), 'ignition.source', '$.storage.files.0.contents.source'],
  ['text as source', from('hello'), 'ignition.source', '$.storage.files.0.contents.source'],
  ['raw space in data', from('data:,a b'), 'ignition.source', '$.storage.files.0.contents.source'],
  ['data without comma', from('data:abc'), 'ignition.source', '$.storage.files.0.contents.source'],
  ['bad base64', from('data:;base64,a$$'), 'ignition.source', '$.storage.files.0.contents.source'],
  ['bad percent', from('data:,%zz'), 'ignition.source', '$.storage.files.0.contents.source'],
  [
    'no hash',
    from('data:,a', { verification: { hash: 'abc' } }),
    'ignition.hash',
    '$.storage.files.0.contents.verification.hash',
  ],
  [
    'md5',
    from('data:,a', { verification: { hash: `md5-${'0'.repeat(32)}` } }),
    'ignition.hash',
    '$.storage.files.0.contents.verification.hash',
  ],
  [
    'short hash',
    from('data:,a', { verification: { hash: 'sha512-00' } }),
    'ignition.hash',
    '$.storage.files.0.contents.verification.hash',
  ],
  [
    'compression zip',
    from('data:,a', { compression: 'zip' }),
    'ignition.type',
    '$.storage.files.0.contents.compression',
  ],
  [
    'headers on data',
    from('data:,a', { httpHeaders: [{ name: 'A' }] }),
    'ignition.source',
    '$.storage.files.0.contents.httpHeaders.0.name',
  ],
  ['unknown key', { networkd: {} }, 'ignition.key', '$.networkd'],
  ['key in other case', { storage: { Files: [] } }, 'ignition.key', '$.storage.Files'],
  ['enable of spec 2', unit({ name: 'a.service', enable: true }), 'ignition.key', '$.systemd.units.0.enable'],
  ['unit extension', unit({ name: 'a.servce' }), 'ignition.unit', '$.systemd.units.0.name'],
  [
    'same unit twice',
    unit({ name: 'a.service' }, { name: 'a.service' }),
    'ignition.duplicate',
    '$.systemd.units.1.name',
  ],
  [
    'drop-in extension',
    unit({ name: 'a.service', dropins: [{ name: 'x.cnf' }] }),
    'ignition.unit',
    '$.systemd.units.0.dropins.0.name',
  ],
  [
    'key without =',
    unit({ name: 'a.service', contents: '[Service]\nfoo bar\n' }),
    'ignition.unit',
    '$.systemd.units.0.contents',
  ],
  ['open section', unit({ name: 'a.service', contents: '[Service\n' }), 'ignition.unit', '$.systemd.units.0.contents'],
  [
    'text after section',
    unit({ name: 'a.service', contents: '[Service] x\n' }),
    'ignition.unit',
    '$.systemd.units.0.contents',
  ],
  [
    'line of 2048 bytes',
    unit({ name: 'a.service', contents: `[Service]\na=${'x'.repeat(2046)}\n` }),
    'ignition.unit',
    '$.systemd.units.0.contents',
  ],
  [
    'enabled without [Install]',
    unit({ name: 'a.service', enabled: true, contents: service }),
    'ignition.unit',
    '$.systemd.units.0.enabled',
  ],
  [
    'enabled with empty [Install]',
    unit({ name: 'a.service', enabled: true, contents: `${service}[Install]\n` }),
    'ignition.unit',
    '$.systemd.units.0.enabled',
  ],
  [
    'same user twice',
    { passwd: { users: [{ name: 'a' }, { name: 'a' }] } },
    'ignition.duplicate',
    '$.passwd.users.1.name',
  ],
  [
    'same ssh key twice',
    user({ sshAuthorizedKeys: [sshKey(), sshKey()] }),
    'ignition.duplicate',
    '$.passwd.users.0.sshAuthorizedKeys.1',
  ],
  ['same group twice', user({ groups: ['a', 'a'] }), 'ignition.duplicate', '$.passwd.users.0.groups.1'],
  [
    'merge without source',
    { ignition: { ...version, config: { merge: [{}] } } },
    'ignition.source',
    '$.ignition.config.merge.0.source',
  ],
  [
    'proxy without scheme',
    { ignition: { ...version, proxy: { httpProxy: 'x' } } },
    'ignition.source',
    '$.ignition.proxy.httpProxy',
  ],
  [
    'plain https proxy',
    { ignition: { ...version, proxy: { httpsProxy: 'http://x' } } },
    'ignition.source',
    '$.ignition.proxy.httpsProxy',
  ],
  ['other version', { ignition: { version: '3.4.0' } }, 'ignition.version', '$.ignition.version'],
  ['no version', { ignition: {} }, 'ignition.version', '$.ignition.version'],
];

/** Wrong, but ignition-validate lets it pass: it fails, or does nothing, or does harm, only when a machine boots. */
const oursAlone: [string, object, string, string][] = [
  ['disks', { storage: { disks: [] } }, 'ignition.disks', '$.storage.disks'],
  ['filesystems', { storage: { filesystems: [] } }, 'ignition.disks', '$.storage.filesystems'],
  ['raid', { storage: { raid: [] } }, 'ignition.disks', '$.storage.raid'],
  ['luks', { storage: { luks: [] } }, 'ignition.disks', '$.storage.luks'],
  ['kernel arguments', { kernelArguments: {} }, 'ignition.kernel', '$.kernelArguments'],
  ['mode 400 for 0400', file({ mode: 400 }), 'ignition.mode', '$.storage.files.0.mode'],
  ['a file named /', node('files', { path: '/' }), 'ignition.path', '$.storage.files.0.path'],
  [
    'a directory below a file',
    { storage: { files: [{ path: '/f' }], directories: [{ path: '/f/d' }] } },
    'ignition.path',
    '$.storage.directories.0.path',
  ],
  ['append without source', file({ append: [{}] }), 'ignition.source', '$.storage.files.0.append.0.source'],
  ['http without host', from('http://'), 'ignition.source', '$.storage.files.0.contents.source'],
  [
    'unit text without =',
    unit({ name: 'a.service', contents: 'foo bar' }),
    'ignition.unit',
    '$.systemd.units.0.contents',
  ],
  [
    'key before a section',
    unit({ name: 'a.service', contents: 'a=b\n' }),
    'ignition.unit',
    '$.systemd.units.0.contents',
  ],
  ['unit name with a slash', unit({ name: '../a.service' }), 'ignition.unit', '$.systemd.units.0.name'],
  [
    'masked with contents',
    unit({ name: 'a.service', mask: true, contents: service }),
    'ignition.unit',
    '$.systemd.units.0.mask',
  ],
  [
    'masked and enabled',
    unit({ name: 'a.service', mask: true, enabled: true }),
    'ignition.unit',
    '$.systemd.units.0.mask',
  ],
  ['user without name', { passwd: { users: [{ name: '' }] } }, 'ignition.user', '$.passwd.users.0.name'],
  ['clear password', user({ passwordHash: 'secret' }), 'ignition.user', '$.passwd.users.0.passwordHash'],
  [
    'damaged ssh key',
    user({ sshAuthorizedKeys: ['ssh-ed25519 AAAA me'] }),
    'ignition.sshkey',
    '$.passwd.users.0.sshAuthorizedKeys.0',
  ],
  [
    'private key',
    user({ sshAuthorizedKeys: ['-----BEGIN OPENSSH PRIVATE KEY-----'] }),
    'ignition.sshkey',
    '$.passwd.users.0.sshAuthorizedKeys.0',
  ],
  [
    'ssh key of two lines',
    user({ sshAuthorizedKeys: [`${sshKey()}\nssh-rsa x`] }),
    'ignition.sshkey',
    '$.passwd.users.0.sshAuthorizedKeys.0',
  ],
  [
    'negative timeout',
    { ignition: { ...version, timeouts: { httpTotal: -1 } } },
    'ignition.type',
    '$.ignition.timeouts.httpTotal',
  ],
];

function problemsOf(part: object) {
  const config = { ignition: version, ...part };
  const problems = checkConfig(config).map(({ code, path }) => ({ code, at: ['$', ...path].join('.') }));
  return { problems, oracle: validate(JSON.stringify(config)) };
}

describe('checkConfig', () => {
  it.each(bothRefuse)('refuses, as ignition-validate does: %s', (_, part, code, at) => {
    const { problems, oracle } = problemsOf(part);
    expect(problems[0]).toEqual({ code, at });
    expect(oracle.clean).toBe(false);
  });

  it.each(oursAlone)('refuses what ignition-validate lets pass: %s', (_, part, code, at) => {
    const { problems, oracle } = problemsOf(part);
    expect(problems[0]).toEqual({ code, at });
    if (!['ignition.disks', 'ignition.kernel'].includes(code)) expect(oracle).toMatchObject({ clean: true });
  });

  it.each([
    ['key options', user({ sshAuthorizedKeys: [`from="10.0.0.0/8,a b",no-pty ${sshKey()}`] })],
    ['locked account', user({ passwordHash: '*' })],
    ['yescrypt hash', user({ passwordHash: '$y$j9T$abc./$def' })],
    ['template unit', unit({ name: 'web@.service', contents: service }, { name: 'web@1.service', enabled: true })],
    ['continued line', unit({ name: 'a.service', contents: '[Service]\nExecStart=/a \\\n  -b\n' })],
    ['enabling a unit of the image', unit({ name: 'docker.service', enabled: true })],
    ['mask', unit({ name: 'a.socket', mask: true })],
    ['odd but right modes', node('directories', { path: '/a', mode: 0o700 }, { path: '/b', mode: 0o1 })],
    ['empty file', file({})],
    ['line of 2047 bytes', unit({ name: 'a.service', contents: `[Service]\na=${'x'.repeat(2045)}\n` })],
  ])('accepts, as ignition-validate does: %s', (_, part) => {
    const { problems, oracle } = problemsOf(part);
    expect(problems).toEqual([]);
    expect(oracle).toMatchObject({ clean: true, output: '' });
  });

  it.each([[null], [[]], ['x'], [5], [undefined], [{}]])('refuses %j', (value) => {
    expect(checkConfig(value)).toHaveLength(1);
  });
});
