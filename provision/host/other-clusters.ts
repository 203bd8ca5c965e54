/**
 * Variables by which programs that the lab calls (fleetctl, etcdctl, docker, buildah, docker-registry, virsh, systemd-nspawn, Vagrant)
 * are told of another cluster, daemon or registry than the one that they are called for. Vagrant's own home and plugins are not among them.
 */
const families = ['FLEETCTL', 'FLEET', 'ETCDCTL', 'ETCD', 'FLANNELD', 'DOCKER', 'COMPOSE', 'CONTAINER', 'CONTAINERS'];
const moreFamilies = ['BUILDAH', 'REGISTRY', 'LIBVIRT', 'VIRSH', 'SYSTEMD_NSPAWN', 'SYSTEMCTL'];
const others = new RegExp(`^(${[...families, ...moreFamilies].join('|')})_`);
const single = new Set(['KUBECONFIG', 'STORAGE_DRIVER', 'STORAGE_OPTS', 'VAGRANT_VAGRANTFILE']);

/** The environment without what the caller's profile says about other clusters: the lab is about itself. */
export function withoutOtherClusters(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !others.test(name) && !single.has(name)));
}

/** Takes them out of an environment that child processes inherit. */
export function forgetOtherClusters(env: NodeJS.ProcessEnv): void {
  const kept = withoutOtherClusters(env);
  for (const name of Object.keys(env)) if (!(name in kept)) delete env[name];
}
