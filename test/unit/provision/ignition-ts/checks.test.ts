import { describe, expect, it } from 'vitest';
import { checkConfig } from 'ignition-ts';
import { sshKey } from './oracle.ts';
import { file, from, node, problemsOf, service, unit, user, version } from './parts.ts';

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
  ['user that is a number', { passwd: { users: [{ name: '1001' }] } }, 'ignition.user', '$.passwd.users.0.name'],
  [
    'two users of one uid, which useradd refuses',
    { passwd: { users: [{ name: 'a', uid: 1500 }, { name: 'b' }, { name: 'c', uid: 1500 }] } },
    'ignition.duplicate',
    '$.passwd.users.2.uid',
  ],
  [
    'two groups of one gid',
    {
      passwd: {
        groups: [
          { name: 'a', gid: 2000 },
          { name: 'b', gid: 2000 },
        ],
      },
    },
    'ignition.duplicate',
    '$.passwd.groups.1.gid',
  ],
  [
    'ssh key of line ends alone',
    user({ sshAuthorizedKeys: ['\r\n'] }),
    'ignition.sshkey',
    '$.passwd.users.0.sshAuthorizedKeys.0',
  ],
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

describe('checkConfig', () => {
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
    ['ssh key as a file has it', user({ sshAuthorizedKeys: [`${sshKey()}\n`] })],
    ['ssh key with CR LF', user({ sshAuthorizedKeys: [`${sshKey()}\r\n`] })],
    [
      'several ssh keys and a comment in one text',
      user({ sshAuthorizedKeys: [`# mine\n ${sshKey()}\n\n${sshKey()}`] }),
    ],
    ['unit with CR LF', unit({ name: 'a.service', contents: service.replaceAll('\n', '\r\n') })],
    ['file with an empty source', from('')],
    ['user with a point', { passwd: { users: [{ name: 'john.doe' }, { name: 'John' }, { name: '3com' }] } }],
    ['line of 2047 bytes', unit({ name: 'a.service', contents: `[Service]\na=${'x'.repeat(2045)}\n` })],
  ])('accepts, as ignition-validate does: %s', (_, part) => {
    const { problems, oracle } = problemsOf(part);
    expect(problems).toEqual([]);
    expect(oracle).toMatchObject({ clean: true, output: '' });
  });

  it('accepts a unit that a drop-in installs, of which ignition-validate only warns', () => {
    const contents = '[Service]\nExecStart=/a\n';
    const dropins = [{ name: 'i.conf', contents: '[Install]\nWantedBy=multi-user.target\n' }];
    const { problems, oracle } = problemsOf(unit({ name: 'a.service', enabled: true, contents, dropins }));
    expect(problems).toEqual([]);
    expect(oracle).toMatchObject({ rc: 0, output: expect.stringContaining('no install section') as string });
  });

  it.each([[null], [[]], ['x'], [5], [undefined], [{}]])('refuses %j', (value) => {
    expect(checkConfig(value)).toHaveLength(1);
  });
});
