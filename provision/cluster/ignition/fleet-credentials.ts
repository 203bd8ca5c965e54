import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { file } from 'ignition-ts';
import { mustHave } from '#errors/must-have.ts';
import { asksFor } from '../../config/fleet-auth.ts';
import type { LabConfig, MachineConfig } from '../../config/lab-config.ts';
import { runProgram } from '../../host/run-program.ts';
import { fleetKeysDir } from '../parts/fleet-api.ts';

/** What a machine's fleetd asks of clients, and what its own fleetctl shows. Texts. */
export interface MachineCredentials {
  readonly token: string | undefined;
  /** PEM. */
  readonly tls:
    | {
        readonly ca: string;
        readonly server: { readonly cert: string; readonly key: string };
        readonly client: { readonly cert: string; readonly key: string };
      }
    | undefined;
}

/** Of an API that is open to whoever reaches it. */
export const open: MachineCredentials = { token: undefined, tls: undefined };

/** By machine name. */
export type CredentialsOf = (machine: string) => MachineCredentials;

/**
 * What `[fleet] auth` wants, made on first use and gone with the lab: a token, and an authority of the lab's own with a certificate for each machine and one for
 * clients.
 * @throws LabError `host.missing-program` (openssl is not installed), `command.openssl` (it failed)
 */
export async function ensureFleetCredentials(config: LabConfig): Promise<CredentialsOf> {
  const asks = asksFor(config.fleet.auth);
  const directory = fleetKeysDir(config);
  if (asks.token || asks.tls) await mkdir(directory, { recursive: true, mode: 0o700 });
  const token = asks.token ? await ensureToken(join(directory, 'token')) : undefined;
  if (!asks.tls) return () => ({ token, tls: undefined });
  await ensureCertificate(directory, 'ca', `coreos-lab ${config.name}`);
  await ensureCertificate(directory, 'client', 'fleetctl', ['extendedKeyUsage=clientAuth']);
  for (const { name, address } of config.machines)
    await ensureCertificate(directory, name, name, [
      `subjectAltName=IP:${address},IP:127.0.0.1,DNS:${name}`,
      'extendedKeyUsage=serverAuth',
    ]);
  const names = ['ca', 'client', ...config.machines.map(({ name }) => name)];
  const pairs = new Map(await Promise.all(names.map(async (name) => [name, await pairOf(directory, name)] as const)));
  const pair = (name: string) => mustHave(pairs.get(name), `certificate of ${name}`);
  return (machine) => ({ token, tls: { ca: pair('ca').cert, server: pair(machine), client: pair('client') } });
}

async function ensureToken(path: string): Promise<string> {
  if (!existsSync(path)) await writeFile(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  return (await readFile(path, 'utf8')).trim();
}

/** As long as the disks of a lab that nobody thinks of any more may lie there. */
const days = '3650';

/** NAME.key and NAME.pem, by itself (`ca`) or by the lab's authority. */
async function ensureCertificate(
  directory: string,
  name: string,
  subject: string,
  extensions: readonly string[] = [],
): Promise<void> {
  if (existsSync(join(directory, `${name}.pem`))) return;
  const by = name === 'ca' ? [] : ['-CA', 'ca.pem', '-CAkey', 'ca.key'];
  const basic = `basicConstraints=critical,CA:${name === 'ca' ? 'TRUE' : 'FALSE'}`;
  // Ready when it has its name: who is killed here begins anew.
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
  const about = ['-subj', `/CN=${subject}`, '-days', days, '-out', `${name}.pem.new`];
  const added = [basic, ...extensions].flatMap((extension) => ['-addext', extension]);
  await runProgram({
    program: 'openssl',
    args: ['req', '-x509', ...newKey, ...about, ...by, ...added],
    cwd: directory,
    debianPackage: 'openssl',
    purpose: `the certificate of ${name === 'ca' ? "the lab's authority" : name} for fleet's API ([fleet] auth)`,
    next: `openssl version, and the space and rights of ${directory}; then lab up again`,
  });
  await rename(join(directory, `${name}.pem.new`), join(directory, `${name}.pem`));
}

async function pairOf(directory: string, name: string): Promise<{ cert: string; key: string }> {
  const read = (kind: string) => readFile(join(directory, `${name}.${kind}`), 'utf8');
  const [cert, key] = await Promise.all([read('pem'), read('key')]);
  return { cert, key };
}

const forFleetd = '/etc/fleet/api';
const forClients = '/etc/fleet/client';

/** Files of a machine: root's for fleetd, core's for fleetctl. */
export function credentialFiles({ token, tls }: MachineCredentials) {
  const secrets = (path: string, contents: string, user: string) =>
    file({ path, mode: 0o600, user, group: user, contents });
  return [
    ...(token === undefined
      ? []
      : [secrets(`${forFleetd}/token`, `${token}\n`, 'root'), secrets(`${forClients}/token`, `${token}\n`, 'core')]),
    ...(tls === undefined
      ? []
      : [
          file({ path: `${forFleetd}/ca.pem`, mode: 0o644, contents: tls.ca }),
          file({ path: `${forFleetd}/server.pem`, mode: 0o644, contents: tls.server.cert }),
          secrets(`${forFleetd}/server.key`, tls.server.key, 'root'),
          file({ path: `${forClients}/cert.pem`, mode: 0o644, contents: tls.client.cert }),
          secrets(`${forClients}/key.pem`, tls.client.key, 'core'),
        ]),
  ];
}

/** Lines of fleet.env. Pure. */
export function credentialSettings({ token, tls }: MachineCredentials): string[] {
  return [
    ...(token === undefined ? [] : [`FLEET_AUTH_TOKEN_FILE=${forFleetd}/token`]),
    ...(tls === undefined
      ? []
      : [
          `FLEET_TLS_CERT_FILE=${forFleetd}/server.pem`,
          `FLEET_TLS_KEY_FILE=${forFleetd}/server.key`,
          `FLEET_TLS_CLIENT_CA_FILE=${forFleetd}/ca.pem`,
        ]),
  ];
}

/**
 * What a machine's fleetctl takes for granted, as lines of a shell script; what its caller has set is left alone. Where the API asks for something its
 * socket is root's, and user core comes by TCP. Pure.
 */
export function clientSettings(
  { token, tls }: MachineCredentials,
  { address }: Pick<MachineConfig, 'address'>,
  port: number,
): string[] {
  if (token === undefined && tls === undefined) return [];
  const settings: readonly (readonly [string, string])[] = [
    ['ENDPOINT', `${tls === undefined ? 'http' : 'https'}://${address}:${port}`],
    ...(token === undefined ? [] : [['TOKEN_FILE', `${forClients}/token`] as const]),
    ...(tls === undefined
      ? []
      : [
          ['CA_FILE', `${forFleetd}/ca.pem`] as const,
          ['CERT_FILE', `${forClients}/cert.pem`] as const,
          ['KEY_FILE', `${forClients}/key.pem`] as const,
        ]),
  ];
  return [
    ...settings.map(([name, value]) => `: "\${FLEETCTL_${name}=${value}}"`),
    `export ${settings.map(([name]) => `FLEETCTL_${name}`).join(' ')}`,
  ];
}
