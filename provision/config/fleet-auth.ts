import type { FleetAuth } from './lab-config.ts';

/** Does fleet's API want a bearer token, and does it speak TLS and want a certificate? Pure. */
export function asksFor(auth: FleetAuth): { readonly token: boolean; readonly tls: boolean } {
  return { token: auth.includes('token'), tls: auth.includes('tls') };
}
