import { expect, test } from 'vitest';
import { loadConfig } from '#provision/config/load-config.ts';
import { fleetctlEnvironment } from '#scenarios/harness/context/fleetctl-environment.ts';

test('fleetctl is told of this lab only, whatever the shell knows', () => {
  const config = loadConfig(process.cwd(), {});
  const shell = {
    PATH: '/bin',
    FLEETCTL_TUNNEL: '127.0.0.1:2222',
    FLEETCTL_ENDPOINT: 'http://192.0.2.7:4001',
    FLEETCTL_DRIVER: 'etcd',
    FLEETCTL_STRICT_HOST_KEY_CHECKING: 'true',
  };
  const paths = { keysDir: '/keys' } as Parameters<typeof fleetctlEnvironment>[0]['paths'];
  const env = fleetctlEnvironment({ config, paths }, config.machines, shell);
  expect(env).toEqual({
    PATH: '/bin',
    FLEETCTL_ENDPOINT: config.machines.map(({ address }) => `http://${address}:${config.ports.fleetApi}`).join(','),
    FLEETCTL_SSH_KEY: '/keys/id_ed25519',
    FLEETCTL_REGISTRY: `${config.network.bridgeAddress}:${config.ports.registry}`,
  });
});

test('what fleet asks of clients is named by files of this lab', () => {
  const plain = loadConfig(process.cwd(), {});
  const config = { ...plain, fleet: { ...plain.fleet, auth: 'token+tls' as const } };
  const paths = { keysDir: '/keys' } as Parameters<typeof fleetctlEnvironment>[0]['paths'];
  const env = fleetctlEnvironment({ config, paths }, config.machines, {});
  const kept = (name: string) => `${config.stateDir}/keys/fleet/${name}`;
  expect(env).toMatchObject({
    FLEETCTL_ENDPOINT: config.machines.map(({ address }) => `https://${address}:${config.ports.fleetApi}`).join(','),
    FLEETCTL_TOKEN_FILE: kept('token'),
    FLEETCTL_CA_FILE: kept('ca.pem'),
    FLEETCTL_CERT_FILE: kept('client.pem'),
    FLEETCTL_KEY_FILE: kept('client.key'),
  });
});
