import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export interface LabKey {
  readonly privateKeyFile: string;
  readonly privateKey: string;
  /** One line, OpenSSH format. */
  readonly publicKey: string;
}

/** The lab's own SSH key pair; made on first use, gone with the lab. */
export async function ensureLabKey(keysDir: string, lab: string): Promise<LabKey> {
  const privateKeyFile = join(keysDir, 'id_ed25519');
  if (!existsSync(privateKeyFile)) {
    await mkdir(keysDir, { recursive: true, mode: 0o700 });
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `coreos-lab ${lab}`, '-f', privateKeyFile]);
  }
  const publicKey = (await readFile(`${privateKeyFile}.pub`, 'utf8')).trim();
  return { privateKeyFile, privateKey: await readFile(privateKeyFile, 'utf8'), publicKey };
}
