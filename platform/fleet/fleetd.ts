import { existsSync, readFileSync } from 'node:fs';
import { LabError } from '#errors/lab-error.ts';
import { endProgram } from '#errors/end-program.ts';
import { gatewayStore } from '../etcd/gateway-store.ts';
import { memorySystemd } from '../systemd/memory-systemd.ts';
import { systemdDriver } from '../systemd/systemd-driver.ts';
import { startFleetd, type Fleetd } from './daemon/start-fleetd.ts';
import { fleetdFlags, readConfig } from './daemon/config.ts';
import { etcdTimeoutMs } from './daemon/etcd-timeout.ts';
import { formatLine, type Log } from './parts/log.ts';

/**
 * fleetd: presence, engine, agent and API of one machine in one process. SIGTERM leaves the cluster (and stops the units, unless the
 * machine is going down, when systemd does); SIGKILL leaves the units running, and the next fleetd adopts them. SIGUSR1 writes what it
 * knows to the log, one line of JSON. SIGHUP reads fleet.conf again, and changes what may change while it runs.
 */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  let fleetd: Fleetd | undefined = undefined;
  const log: Log = (event, fields) => console.log(formatLine(event, fields));
  // From the first moment on: at SIGUSR1 Node would open its debugger, and SIGHUP would end the process.
  process.on('SIGUSR1', () => {
    if (fleetd === undefined) log('fleetd', { event: 'no-state', reason: 'it is starting' });
    else console.log(JSON.stringify(fleetd.state()));
  });
  process.on('SIGHUP', () => {
    if (fleetd === undefined) log('fleetd', { event: 'not-reloaded', reason: 'it is starting' });
    else reload(fleetd, argv, log).catch((error: unknown) => notReloaded(error, log));
  });
  if (argv.some((word) => /^--?h(elp)?$/.test(word))) {
    console.log(
      [
        'fleetd [flags]   (each flag may come as FLEET_NAME in the environment, or as name=value in fleet.conf)',
        ...fleetdFlags.map((f) => `  --${f.name.padEnd(18)} ${f.help}`),
      ].join('\n'),
    );
    return;
  }
  const { config, notices } = readConfig(argv, process.env, textOf);
  for (const notice of notices) log('config', { notice });
  const timeoutMs = config.etcdRequestTimeoutMs ?? etcdTimeoutMs(config.agentTtl);
  const store = gatewayStore({ endpoints: config.etcdServers, timeoutMs });
  const systemd = config.systemd === 'memory' ? memorySystemd() : systemdDriver(config.unitsDirectory);
  const running = await startFleetd({ config, store, systemd, log });
  fleetd = running;
  let leaving = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (leaving) return;
      leaving = true;
      running.leave().then(() => process.exit(0), fail);
    });
  }
}

/** Flags and variables are those of the start; what may have changed is fleet.conf. */
async function reload(fleetd: Fleetd, argv: readonly string[], log: Log): Promise<void> {
  const { config, notices } = readConfig(argv, process.env, textOf);
  for (const notice of notices) log('config', { notice });
  const { changed, afterRestart } = await fleetd.reload(config);
  log('fleetd', {
    event: 'reloaded',
    changed: changed.join(',') || 'nothing',
    ...(afterRestart.length > 0 && { needs_restart: afterRestart.join(',') }),
  });
}

function notReloaded(error: unknown, log: Log): void {
  const { message, next } = error instanceof LabError ? error : { message: String(error), next: undefined };
  log('fleetd', { event: 'not-reloaded', reason: message, next });
}

/** @throws whatever forbids to read a file that is there */
function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function fail(error: unknown): never {
  endProgram('fleetd', error);
}

main().catch(fail);
