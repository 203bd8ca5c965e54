import { endProgram } from '#errors/end-program.ts';
import { gatewayStore } from '../etcd/gateway-store.ts';
import { defaultFlannelPrefix } from '../etcd/keys/flannel-keys.ts';
import { ownMachine } from '../etcd/ports.ts';
import { runFlannel } from './daemon.ts';
import { readOptions } from './options.ts';
import { runOrFail } from './run-command.ts';

/** The program /opt/lab/bin/flanneld.cjs. Runs until SIGTERM or SIGINT; routes stay, so that containers keep talking. */
async function main(): Promise<number> {
  // Node would open its debugger.
  process.on('SIGUSR1', () => log('SIGUSR1: nothing to do'));
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    log(usage);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const store = gatewayStore({ endpoints: options.etcdEndpoints });
  try {
    await runFlannel(options, { store, run: runOrFail, log, signal: stop.signal, env: process.env });
    return 0;
  } finally {
    await store.close();
  }
}

const usage = `flanneld: a subnet lease for this machine and the routes to all others

  --etcd-endpoints URLS   comma-delimited (default ${ownMachine})
  --etcd-prefix KEY       default ${defaultFlannelPrefix}
  --iface NAME            interface the other machines are reached by (default host0)
  --public-ip ADDRESS     default: the interface's own IPv4 address
  --subnet-file PATH      default /run/flannel/subnet.env
  --default-config JSON   written to PREFIX/config when nothing is there
  --ip-masq               masquerade what leaves the network`;

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => endProgram('flanneld', error),
);
