import { LabError } from '../errors/lab-error.ts';
import { Lab } from '../provision/cluster/lab.ts';
import type { LabEvent } from '../provision/cluster/lab-event.ts';
import { loadConfig } from '../provision/config/load-config.ts';

/** The lab that config.rb and lab.toml describe: those of this checkout, or of the directory LAB_CONFIG_DIR. */
export async function openLab(repoDir: string, onEvent?: (event: LabEvent) => void): Promise<Lab> {
  const config = await loadConfig(process.env['LAB_CONFIG_DIR'] ?? repoDir, process.env);
  return new Lab({ config, repoDir, ...(onEvent === undefined ? {} : { onEvent }) });
}

/** @throws LabError `permission.root` */
export function requireRoot(command: string): void {
  if (process.getuid?.() === 0) return;
  throw new LabError({
    code: 'permission.root',
    cause: `lab ${command} needs root: it makes network namespaces, mounts and cgroups`,
    next: `sudo ./lab ${command}`,
  });
}
