import { readFileSync } from 'node:fs';
import { LabError } from '#errors/lab-error.ts';
import type { Credentials } from '../client/endpoint.ts';
import type { ParsedFlags } from '../parts/flags.ts';

/** What --token-file (or FLEETCTL_TOKEN), --ca-file, --cert-file and --key-file say. @throws LabError `usage.credentials` */
export function credentialsOf(flags: Pick<ParsedFlags, 'text'>, env: NodeJS.ProcessEnv): Credentials {
  const content = (flag: string): string | undefined => {
    const file = flags.text(flag);
    if (file === undefined) return undefined;
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw bad(`--${flag}: ${file} cannot be read`, `ls -l ${file}`, error);
    }
  };
  const [ca, cert, key] = [content('ca-file'), content('cert-file'), content('key-file')];
  if ((cert === undefined) !== (key === undefined))
    throw bad('a certificate and its key belong together', 'give both --cert-file and --key-file');
  const token = (content('token-file') ?? env['FLEETCTL_TOKEN'] ?? '').trim();
  if (/[^\x21-\x7e]/.test(token)) throw bad('the token is not one word', 'fleetctl --token-file FILE');
  return { ca, cert, key, token: token === '' ? undefined : token };
}

function bad(cause: string, next: string, error?: unknown): LabError {
  return new LabError({ code: 'usage.credentials', cause, next, error });
}
