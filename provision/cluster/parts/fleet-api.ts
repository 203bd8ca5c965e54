import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asksFor } from '../../config/fleet-auth.ts';
import type { LabConfig } from '../../config/lab-config.ts';
import { labPaths } from '../../machines/ground/lab-paths.ts';

/** What a client shows, and whom it trusts; texts, PEM but for the token. */
export interface FleetCredentials {
  readonly token?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** fleet's API of a lab, as this host reaches it. */
export interface FleetApi {
  /** `http://172.17.8.101:49153` */
  readonly urlOf: (address: string) => string;
  /** Files with the credentials, as fleetctl's flags name them; none where the API asks for nothing. */
  readonly files: Readonly<Partial<Record<'token-file' | 'ca-file' | 'cert-file' | 'key-file', string>>>;
  /** Their contents; what is not there yet is left out: a lab that was never up. */
  readonly credentials: () => FleetCredentials;
}

/** Where the lab keeps what clients of its API need; gone with the lab. Pure. */
export function fleetKeysDir({ name, stateDir }: Pick<LabConfig, 'name' | 'stateDir'>): string {
  return join(labPaths(name, stateDir).keysDir, 'fleet');
}

/** Reads files only when credentials are asked for. */
export function fleetApi(config: Pick<LabConfig, 'name' | 'stateDir' | 'ports' | 'fleet'>): FleetApi {
  const { token, tls } = asksFor(config.fleet.auth);
  const file = (name: string) => join(fleetKeysDir(config), name);
  const files: FleetApi['files'] = {
    ...(token && { 'token-file': file('token') }),
    ...(tls && { 'ca-file': file('ca.pem'), 'cert-file': file('client.pem'), 'key-file': file('client.key') }),
  };
  const content = (path: string | undefined) =>
    path !== undefined && existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  return {
    urlOf: (address) => `${tls ? 'https' : 'http'}://${address}:${config.ports.fleetApi}`,
    files,
    credentials() {
      const secret = content(files['token-file'])?.trim();
      const [ca, cert, key] = [content(files['ca-file']), content(files['cert-file']), content(files['key-file'])];
      return {
        ...(secret !== undefined && { token: secret }),
        ...(ca !== undefined && { ca }),
        ...(cert !== undefined && key !== undefined && { cert, key }),
      };
    },
  };
}
