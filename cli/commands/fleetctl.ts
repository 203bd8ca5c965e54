import { execa } from 'execa';
import { join } from 'node:path';
import { LabError } from '../../errors/lab-error.ts';
import { openLab, requireRoot } from '../open-lab.ts';

/** Runs the same fleetctl as on the machines, pointed at whichever machines run. */
export async function fleetctl(repoDir: string, args: string[]): Promise<void> {
  requireRoot('fleetctl');
  const lab = openLab(repoDir);
  const running = (await lab.provider().status()).machines.filter(({ state }) => state === 'running');
  if (running.length === 0) {
    throw new LabError({ code: 'state.lab-down', cause: `no machine of lab ${lab.config.name} runs`, next: 'lab up' });
  }
  const endpoints = lab
    .machines(running.map(({ name }) => name))
    .map((m) => `http://${m.address}:${lab.config.ports.fleetApi}`);
  const result = await execa(process.execPath, [join(repoDir, 'dist/machine/bin/fleetctl.cjs'), ...args], {
    stdio: 'inherit',
    reject: false,
    env: { FLEETCTL_ENDPOINT: endpoints.join(','), FLEETCTL_SSH_KEY: join(lab.paths.keysDir, 'id_ed25519') },
  });
  process.exitCode = result.exitCode ?? 70;
}
