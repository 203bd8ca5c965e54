import type { EntriesOf } from './entry.ts';

/** config.rb, lab.toml, and the settings of daemons and containers. */
export const config = {
  'config.cpus': {
    means: '$vm_cpus in config.rb is more than the CPUs of this host. A machine cannot have more.',
    remedy: '`nproc` says how many there are; set $vm_cpus in config.rb to that or less.',
  },
  'config.auth': {
    means:
      "What `fleetd` is to ask of its API's clients cannot be read, is not complete, or is no secret. It is in " +
      'auth_token_file, tls_cert_file with tls_key_file, and tls_client_ca_file.',
    remedy: 'Correct the file or key that the error names; a token file is for root alone (`chmod 600`).',
  },
  'config.duration': {
    means:
      'A time given to `fleetd` is none: a flag such as `--agent-ttl`, its FLEET_* variable, or its key in fleet.conf.',
    remedy: 'Write it as 5s, 500ms or 1m.',
  },
  'config.environment': {
    means: 'NUM_INSTANCES in the environment is not a number from 1 to 9, or LAB_CONFIG_DIR names no directory.',
    remedy: '`unset NUM_INSTANCES`, and set $num_instances in config.rb; correct LAB_CONFIG_DIR, or unset it.',
  },
  'config.etcd': {
    means: "A container of the stack has no IPv4 address of its own, so it cannot tell where its machine's etcd is.",
    remedy: "Run it on Docker's bridge network, or give it `-e ETCD_ENDPOINTS=http://ADDRESS:2379`.",
  },
  'config.file': {
    means: 'config.rb or lab.toml is there and cannot be read: no permission, or not a file.',
    remedy: '`ls -l config.rb lab.toml`, and make the file that the error names readable.',
  },
  'config.flannel': {
    means: "flannel's network configuration in etcd is no JSON object, or its subnets do not fit together.",
    remedy:
      'On a machine: `etcdctl set /coreos.com/network/config ' +
      '\'{"Network":"10.1.0.0/16","Backend":{"Type":"host-gw"}}\'`',
  },
  'config.fleet-conf': {
    means: 'A line of /etc/fleet/fleet.conf cannot be read: it is no key=value. fleetd does not start.',
    remedy: 'Correct the line that the error gives, then `systemctl restart fleet` on that machine.',
  },
  'config.fleet-key': {
    means:
      'A key of /etc/fleet/fleet.conf, or a variable FLEET_*, is one that no fleetd knows. It would be without effect, so ' +
      'fleetd does not start.',
    remedy: 'Correct the name (the error has the one that was meant, where one is near) or remove it.',
  },
  'config.images': {
    means:
      'lab.toml asks for an image from a registry without saying from which, or names one there for an image that is built here.',
    remedy: 'Under [images]: `remoteurl = "https://HOST"` with `source = "upstream"`, or `source = "embedded"`.',
  },
  'config.key': {
    means: 'lab.toml has a section or key that the lab does not know. It would be without effect.',
    remedy:
      'Correct the name at the line that the error gives (it names the one that was meant, where one is near), or ' +
      'remove it.',
  },
  'config.listen': {
    means: '`fleetd` was told to listen on what is no address.',
    remedy: 'Write unix:///run/fleet.sock or 0.0.0.0:49153 in `--listen` or FLEET_LISTEN.',
  },
  'config.number': {
    means: 'A number given to `fleetd` is none, or out of range.',
    remedy: 'Correct the flag, variable or key of fleet.conf that the error names.',
  },
  'config.switch': {
    means: 'A switch given to `fleetd` is neither true nor false.',
    remedy: 'Write true or false for what the error names.',
  },
  'config.machine-id': {
    means: '`fleetd` finds no id of its machine: /etc/machine-id is missing or empty.',
    remedy: 'On the machine: `systemd-machine-id-setup`, then `systemctl restart fleet`',
  },
  'config.memory': {
    means: '$vm_memory in config.rb is too little for Couchbase, which needs 1536 MB on the machine that it lands on.',
    remedy: 'Set $vm_memory = 2048 in config.rb, or couchbase = false under [apps] in lab.toml.',
  },
  'config.metadata': {
    means: 'The metadata given to `fleetd` is not a list of key=value.',
    remedy: 'Write key=value,key=value in `--metadata` or FLEET_METADATA.',
  },
  'config.network': {
    means:
      'Addresses in lab.toml do not fit together: two networks overlap, an address is outside its range, or two ' +
      'have the same.',
    remedy:
      'Correct [network] (or management under [vagrant]) in lab.toml: bridge, host and every machine need an ' +
      'address of their own in range.',
  },
  'config.ports': {
    means: 'Two ports under [ports] in lab.toml are the same, or one is taken by sshd, DNS, etcd or the RSVP stream.',
    remedy: 'Give the port that the error names a number of its own.',
  },
  'config.ruby': {
    means: 'A line of config.rb is no `$name = value`. The lab reads config.rb and does not run it as Ruby.',
    remedy:
      'Write a number, a quoted string, a symbol, true, false, nil, [value] or {key => value}, or put # in front of ' +
      'the line.',
  },
  'config.systemd': {
    means: '`fleetd --systemd` (FLEET_SYSTEMD) names nothing that fleetd can drive.',
    remedy: 'Leave it out: systemctl is the default.',
  },
  'config.timers': {
    means:
      'Timers in lab.toml contradict each other: etcd_election below five heartbeats, or a time to live that etcd ' +
      'cannot keep.',
    remedy:
      'Set what the error says under [timers] in lab.toml. For a slow host set stretch there: it makes all of them ' +
      'longer.',
  },
  'config.toml': {
    means: 'lab.toml is not TOML. The error gives line and column.',
    remedy: 'Correct that line; texts and durations need quotes, like ttl = "5s".',
  },
  'config.value': {
    means: 'A variable of config.rb or a key of lab.toml has a value that cannot be.',
    remedy:
      "Correct the line that the error names. lab.toml says each key's default in place; a key that is left out " +
      'has it.',
  },
  'config.variable': {
    means: 'config.rb sets a variable that coreos-vagrant does not have.',
    remedy: 'Correct the name at the line that the error gives, or put # in front of it.',
  },
  'config.web': {
    means: 'A variable of the web app is not a whole number in its range.',
    remedy: "Correct it in the unit's `docker run` (-e NAME=VALUE), and start the unit with `--replace`.",
  },
  'config.worker': {
    means: 'A variable of the worker is not a whole number in its range, or not what it must be.',
    remedy:
      "Correct it in the unit's `docker run` (-e NAME=VALUE), and start it: `lab fleetctl start --replace " +
      'units/worker.service`',
  },
} as const satisfies EntriesOf<'config'>;
