import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../host/run-program.ts';

export interface LabKey {
  readonly privateKeyFile: string;
  readonly privateKey: string;
  /** One line, OpenSSH format. */
  readonly publicKey: string;
}

/**
 * The lab's own SSH key pair; made on first use, gone with the lab.
 * @throws LabError `host.missing-program` (ssh-keygen is not installed), `command.ssh-keygen` (it failed)
 */
export async function ensureLabKey(keysDir: string, lab: string): Promise<LabKey> {
  const privateKeyFile = join(keysDir, 'id_ed25519');
  if (!existsSync(privateKeyFile)) {
    await mkdir(keysDir, { recursive: true, mode: 0o700 });
    await runProgram({
      program: 'ssh-keygen',
      args: ['-q', '-t', 'ed25519', '-N', '', '-C', `coreos-lab ${lab}`, '-f', privateKeyFile],
      cwd: keysDir,
      debianPackage: 'openssh-client',
      purpose: "the lab's SSH key",
      next: `the space and rights of ${keysDir}; then lab up again`,
    });
  }
  const publicKey = (await readFile(`${privateKeyFile}.pub`, 'utf8')).trim();
  return { privateKeyFile, privateKey: await readFile(privateKeyFile, 'utf8'), publicKey };
}
