import { join } from 'node:path';
import { labPaths, type LabPaths } from '#provision/machines/ground/lab-paths.ts';

/** The paths of a lab whose run-time files are in a directory of the test's own. */
export function faultsPaths(dir: string): LabPaths {
  const runDir = join(dir, 'run/faultstest');
  const at = (file: string) => join(runDir, file);
  return {
    ...labPaths('faultstest', join(dir, 'state')),
    runDir,
    lockFile: at('lock'),
    scenarioLockFile: at('scenario.lock'),
    faultsFile: at('faults.json'),
  };
}
