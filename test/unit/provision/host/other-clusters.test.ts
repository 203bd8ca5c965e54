import { expect, test } from 'vitest';
import { forgetOtherClusters, withoutOtherClusters } from '#provision/host/other-clusters.ts';

const others = {
  FLEETCTL_TUNNEL: '127.0.0.1:2222',
  FLEETCTL_ENDPOINT: 'http://192.0.2.7:4001',
  FLEETCTL_SSH_USERNAME: 'nobody',
  ETCDCTL_PEERS: 'http://192.0.2.7:4001',
  ETCDCTL_ENDPOINTS: 'x',
  DOCKER_HOST: 'tcp://192.0.2.7:2375',
  DOCKER_TLS_VERIFY: '1',
  REGISTRY_AUTH_FILE: '/x',
  REGISTRY_HTTP_ADDR: ':1',
  CONTAINERS_CONF: '/x',
  LIBVIRT_DEFAULT_URI: 'qemu+ssh://other/system',
  VAGRANT_VAGRANTFILE: 'Other',
};
const own = {
  PATH: '/bin',
  HOME: '/root',
  SSH_AUTH_SOCK: '/s',
  LAB_CONFIG_DIR: '/c',
  NUM_INSTANCES: '3',
  VAGRANT_HOME: '/v',
  http_proxy: 'http://p',
  npm_config_registry: 'http://mirror',
};

test('what a profile says of other clusters is left out, everything else stays', () => {
  expect(withoutOtherClusters({ ...others, ...own })).toEqual(own);
  const env: NodeJS.ProcessEnv = { ...others, ...own };
  forgetOtherClusters(env);
  expect(env).toEqual(own);
});
