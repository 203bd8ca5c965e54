import { isIPv4, isIPv6 } from 'node:net';
import { hasSpecifier, type Kind } from './kind.ts';

/** ListenStream= and its like (systemd.socket(5)): a path, an abstract name, a port, or an address with a port; no host's name. */
export const listenAddress: Kind = (value) => {
  if (value === '' || /^(?:\/.|@.|vsock:)/.test(value) || hasSpecifier(value)) return undefined;
  const [, six, four, port = value] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(value) ?? [];
  const isAddress = (six === undefined || isIPv6(six.replace(/%.*$/, ''))) && (four === undefined || isIPv4(four));
  if (isAddress && /^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535) return undefined;
  return {
    cause: 'it is no path, no port and no IP address with a port',
    example: `127.0.0.1:8080, 8080 or /run/x.sock`,
  };
};
