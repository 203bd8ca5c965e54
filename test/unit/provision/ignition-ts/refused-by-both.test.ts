import { describe, expect, it } from 'vitest';
import { sshKey } from './oracle.ts';
import { file, from, node, problemsOf, service, unit, user, version } from './parts.ts';

/** Wrong, and ignition-validate says so too: an error, or a warning that we do not accept. */
const bothRefuse: [string, object, string, string][] = [
  ['relative path', node('files', { path: 'a' }), 'ignition.path', '$.storage.files.0.path'],
  [
    'continued line with CR LF',
    unit({ name: 'a.service', contents: '[Service]\r\nExecStart=/a \\\r\n  -b\r\n' }),
    'ignition.unit',
    '$.systemd.units.0.contents',
  ],
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

describe('checkConfig', () => {
  it.each(bothRefuse)('refuses, as ignition-validate does: %s', (_, part, code, at) => {
    const { problems, oracle } = problemsOf(part);
    expect(problems[0]).toEqual({ code, at });
    expect(oracle.clean).toBe(false);
  });
});
