import { spawnSync } from 'node:child_process';

/** What Debian's own ignition-validate says: `clean` when it accepts without a word, as configs of ours must be. */
export function validate(json: string): { clean: boolean; rc: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('ignition-validate', ['-'], { input: json, encoding: 'utf8' });
  if (error) throw new Error('ignition-validate is missing: run `apt-get install ignition`', { cause: error });
  const output = `${stdout}${stderr}`.trim();
  return { clean: status === 0 && output === '', rc: status, output };
}

/** An ed25519 public key line, well-formed for sshd. `seed` makes it another one. */
export function sshKey(seed = 1, comment = 'reader@host'): string {
  const blob = Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from('ssh-ed25519'),
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, seed),
  ]);
  return `ssh-ed25519 ${blob.toString('base64')} ${comment}`;
}
