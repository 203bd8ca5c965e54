import { expect, it } from 'vitest';
import { scpFailed } from '#cli/scp-failed.ts';

/** As scp 9.2 said it, with the sftp server of the machines' image at its other end. */
it.each([
  [['scp: /no/such/file: No such file or directory'], 'missing.path', 'there is no /no/such/file', 'ls -a /no/such'],
  [
    ['scp: dest open "/no/such/dir/": No such file or directory', 'scp: failed to upload file a to /no/such/dir/'],
    'missing.path',
    'there is no /no/such/dir/',
    'lab ssh core-02 -- ls -a /no/such',
  ],
  [
    ['scp: realpath /gone/x/: No such file', 'scp: upload "/gone/x/": path canonicalization failed'],
    'missing.path',
    'there is no /gone/x/',
    'ls -a /gone',
  ],
  [['scp: download /etc/: not a regular file'], 'usage.place', '/etc/ is a directory', 'lab cp -r a core-02:/b'],
  [['scp: remote open "/etc/shadow": Permission denied'], 'command.scp', 'core may not open /etc/shadow', 'sudo cp'],
  [['scp: dest open "/etc/abc": Permission denied'], 'command.scp', 'core may not open /etc/abc', '/tmp'],
  [
    ['scp: open local "/root/hostname": Permission denied'],
    'command.scp',
    '/root/hostname cannot be written here: Permission denied',
    'ls -ld /root',
  ],
  [['scp: stat remote: No such file or directory'], 'command.scp', 'not copied, or not all of it: a core-02:/b', 'lab'],
  [['scp: Connection closed', ''], 'command.scp', 'not copied, or not all of it: a core-02:/b', 'lab status'],
])('%j is %s: %s', (said, code, cause, next) => {
  const error = scpFailed(said, ['a', 'core-02:/b']);
  expect(error).toMatchObject({ code, message: cause, next: expect.stringContaining(next) as string });
  expect(error.evidence).toEqual(said.filter((line) => line !== ''));
});
