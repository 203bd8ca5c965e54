import { Lab } from '../provision/cluster/lab.ts';
import type { LabEvent } from '../provision/cluster/lab-event.ts';
import { undoAbandoned } from '../scenarios/harness/faults/undo-abandoned.ts';
import { loadConfig } from '../provision/config/load-config.ts';
import { requireRoot as requireRootUser } from '../provision/host/require-root.ts';

/**
 * The lab, with faults undone that a scenario left behind when it was killed. For every command that uses the lab.
 * @throws LabError when a fault cannot be undone
 */
export async function openLab(repoDir: string, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const lab = describeLab(repoDir, onEvent);
  await undoAbandoned(lab, (notice) => console.error(`note: ${notice}`));
  return lab;
}

/** The lab that config.rb and lab.toml describe: those of this checkout, or of the directory LAB_CONFIG_DIR. */
export function describeLab(repoDir: string, onEvent?: (event: LabEvent) => void): Lab {
  const config = loadConfig(process.env['LAB_CONFIG_DIR'] ?? repoDir, process.env);
  return new Lab({ config, repoDir, ...(onEvent === undefined ? {} : { onEvent }) });
}

/** @throws LabError `permission.root` */
export function requireRoot(command: string): void {
  requireRootUser(process.getuid?.(), `./lab ${command}`);
}
