/** Debian packages the lab's host needs, with what each is for. */
export const requiredPackages = {
  mmdebstrap: 'builds the OS image',
  'systemd-container': 'systemd-nspawn runs the machines',
  ignition: 'provisions a machine before its first boot',
  'docker-registry': "is the machines' image mirror",
  buildah: 'builds container images without a Docker engine',
  lxcfs: 'shows a machine its own memory and CPUs',
  'dnsmasq-base': 'answers names for the machines',
  tini: 'is PID 1 of the containers',
  iproute2: 'makes the network',
  iptables: 'makes faults in the network',
  'openssh-client': 'reaches the machines',
  procps: 'reads processes',
  'util-linux': 'enters namespaces',
} as const satisfies Readonly<Record<string, string>>;

/** Further Debian packages the lab's own tests use. */
export const testPackages: readonly string[] = ['git', 'etcd-server', 'etcd-client', 'memcached', 'chromium'];
