import { endProgram } from '../../errors/end-program.ts';
import { gatewayStore } from '../etcd/gateway-store.ts';
import { memorySystemd } from '../systemd/memory-systemd.ts';
import { systemctlDriver } from '../systemd/systemctl-driver.ts';
import { startFleetd } from './daemon/start-fleetd.ts';
import { fleetdFlags, readConfig } from './daemon/config.ts';
import { formatLine } from './daemon/log.ts';

/**
 * fleetd: presence, engine, agent and API of one machine in one process. SIGTERM leaves the cluster (and stops the units, unless the
 * machine is going down, when systemd does); SIGKILL leaves the units running, and the next fleetd adopts them.
 */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.some((word) => /^--?h(elp)?$/.test(word))) {
    console.log(
      [
        'fleetd [flags]   (each flag may come as FLEET_NAME in the environment)',
        ...fleetdFlags.map((f) => `  --${f.name.padEnd(18)} ${f.help}`),
      ].join('\n'),
    );
    return;
  }
  const log = (event: string, fields?: Readonly<Record<string, string | number | undefined>>): void =>
    console.log(formatLine(event, fields));
  const config = readConfig(argv, process.env);
  const timeoutMs = etcdTimeoutMs(config.agentTtl);
  const store = gatewayStore({ endpoints: config.etcdServers, timeoutMs });
  const systemd = config.systemd === 'memory' ? memorySystemd() : systemctlDriver(config.unitsDirectory);
  const fleetd = await startFleetd({ config, store, systemd, log });
  let leaving = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (leaving) return;
      leaving = true;
      fleetd.leave().then(() => process.exit(0), fail);
    });
  }
}

/**
 * How long one etcd member may take for an answer, ms. A member that hangs must cost less than the lease's time, so that the
 * renewal still reaches another one; a long TTL says that the machines are slow, and asking again before they can have answered
 * would make them slower.
 */
function etcdTimeoutMs(ttlSeconds: number): number {
  return Math.max(Math.min(2000, ttlSeconds * 300), ttlSeconds * 150);
}

function fail(error: unknown): never {
  endProgram('fleetd', error);
}

main().catch(fail);
