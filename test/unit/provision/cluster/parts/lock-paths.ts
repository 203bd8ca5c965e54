import { join } from 'node:path';
import { labPaths, type LabPaths } from '#provision/machines/ground/lab-paths.ts';

/** The paths of a lab whose run-time files are in a directory of the test's own. */
export function lockPaths(dir: string): LabPaths {
  const runDir = join(dir, 'run/locktest');
  return { ...labPaths('locktest', join(dir, 'state')), runDir, lockFile: join(runDir, 'lock') };
}
