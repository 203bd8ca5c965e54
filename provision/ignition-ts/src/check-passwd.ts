import { Buffer } from 'node:buffer';
import type { Problem } from './problem.ts';
import { repeated } from './check-resource.ts';
import type { IgnitionConfig, User } from './types.ts';

type Path = readonly (string | number)[];

/** As Debian 12's useradd takes them (shadow 4.13), but for letters of other alphabets; a number alone would be taken for a user id. */
const accountName = /^(?!\d+$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;

/** Problems of users and groups. Ignition itself checks almost none of this, and useradd fails at boot. */
export function checkPasswd(passwd: IgnitionConfig['passwd']): readonly Problem[] {
  const { users = [], groups = [] } = passwd ?? {};
  return [
    ...users.flatMap((user, i) => checkUser(user, ['passwd', 'users', i])),
    ...groups.flatMap((group, i) => [
      ...checkName(group.name, ['passwd', 'groups', i, 'name'], 'group'),
      ...checkPassword(group.passwordHash, ['passwd', 'groups', i, 'passwordHash']),
    ]),
    ...repeated(users, (user) => user.name, ['passwd', 'users'], 'name'),
    ...repeated(groups, (group) => group.name, ['passwd', 'groups'], 'name'),
    ...repeated(users, (user) => user.uid?.toString(), ['passwd', 'users'], 'uid'),
    ...repeated(groups, (group) => group.gid?.toString(), ['passwd', 'groups'], 'gid'),
  ];
}

function checkUser(user: User, path: Path): readonly Problem[] {
  const keys = user.sshAuthorizedKeys ?? [];
  return [
    ...checkName(user.name, [...path, 'name'], 'user'),
    ...checkPassword(user.passwordHash, [...path, 'passwordHash']),
    ...keys.flatMap((key, i) => checkSshKey(key, [...path, 'sshAuthorizedKeys', i])),
    ...repeated(keys, (key) => key, [...path, 'sshAuthorizedKeys'], ''),
    ...repeated(user.groups ?? [], (group) => group, [...path, 'groups'], ''),
  ];
}

function checkName(name: string, path: Path, what: string): readonly Problem[] {
  if (accountName.test(name)) return [];
  const message = name === '' ? `a ${what} has no name` : `${JSON.stringify(name)} is no ${what} name`;
  return [
    {
      code: 'ignition.user',
      path,
      message,
      next: 'Use letters, digits, _, . and -, at most 32, a letter, digit or _ first; not digits alone.',
    },
  ];
}

function checkPassword(hash: string | undefined, path: Path): readonly Problem[] {
  if (hash === undefined || /^(?:\$[0-9a-z]+\$[\x21-\x39\x3b-\x7e]+|[!*]+)$/.test(hash)) return [];
  const message = 'passwordHash is no crypt(5) hash; a clear password must not stand here';
  return [{ code: 'ignition.user', path, message, next: 'Make one with `mkpasswd --method=yescrypt`.' }];
}

const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

/**
 * sshd(8) AUTHORIZED_KEYS FILE FORMAT: [options] type base64 [comment]; the blob repeats its type (RFC 4253, 6.6). The text is what
 * scripts read from id.pub: with a line end, and perhaps several of them.
 */
function checkSshKey(key: string, path: Path): readonly Problem[] {
  const bad = (message: string): Problem[] => [
    { code: 'ignition.sshkey', path, message, next: 'Paste the one line of an id_ed25519.pub file.' },
  ];
  if (key.includes('\0')) return bad('an ssh key has no NUL');
  const lines = key.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) return bad('an ssh key must not be empty');
  return keys.flatMap((line) => checkKeyLine(line, bad));
}

function checkKeyLine(key: string, bad: (message: string) => readonly Problem[]): readonly Problem[] {
  const withoutOptions = keyTypes.some((type) => key.startsWith(`${type} `))
    ? key
    : key.replace(/^(?:[^\s"]|"(?:[^"\\]|\\.)*")+\s+/, '');
  const [type = '', blob = ''] = withoutOptions.split(/\s+/);
  if (!keyTypes.includes(type)) return bad(`${JSON.stringify(key.slice(0, 24))} starts with no key type sshd accepts`);
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(blob) ? Buffer.from(blob, 'base64') : Buffer.alloc(0);
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : -1;
  const inner = bytes.subarray(4, 4 + Math.max(length, 0)).toString('latin1');
  if (inner !== type || bytes.length <= 4 + length)
    return bad(`the ${type} key is damaged: its base64 text is not such a key`);
  return [];
}
