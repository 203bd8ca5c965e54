import { LabError } from '#errors/lab-error.ts';
import { Lab } from '#provision/cluster/lab.ts';
import { listedConfig } from '#provision/cluster/labs/listed-config.ts';
import { type ListedLab, listLabs } from '#provision/cluster/labs/list-labs.ts';
import { readMaker } from '#provision/cluster/labs/find-maker.ts';
import { refuseDuringScenario } from '#scenarios/harness/faults/scenario-lock.ts';
import { confirm } from '../confirm.ts';
import { configDirOf, type Invocation } from '../invocation.ts';
import { describeConfig, requireRoot } from '../open-lab.ts';
import { renderError } from '../render/error.ts';
import { Progress } from '../render/progress.ts';
import { printOut } from '../render/terminal.ts';
import { labTable } from './list.ts';

/**
 * Every lab of this host, whichever checkout made it, also where that is gone. One that cannot be destroyed (a scenario runs on
 * it) is said and left, and the others go all the same; the exit code is then the first one's.
 */
export async function destroyAll(
  from: Invocation,
  machines: readonly string[],
  options: { force?: boolean },
): Promise<void> {
  if (machines.length > 0) {
    throw new LabError({
      code: 'usage.destroy',
      cause: `--all means every lab of this host; ${machines.join(', ')} beside it says something else`,
      next: `lab destroy ${machines.join(' ')}, or lab destroy --all`,
    });
  }
  requireRoot();
  const here = describeConfig(from);
  const labs = await listLabs(here.stateDir);
  if (labs.length === 0) {
    printOut('there is no lab on this host');
    return;
  }
  printOut(labTable(labs, new Date()));
  const count = labs.length === 1 ? 'this lab' : `these ${labs.length} labs`;
  if (options.force !== true) {
    const asks = `lab destroy --all asks whether ${count} is to go, disks and all`.replace(/labs is/, 'labs are');
    if (!(await confirm(`\nDestroy ${count}, disks and all?`, asks, 'lab destroy --all --force'))) {
      printOut('nothing was destroyed');
      process.exitCode = 1;
      return;
    }
  }
  let failed: number | undefined;
  for (const listed of labs) {
    try {
      await destroyListed(from, listed, here);
      printOut(`lab ${listed.name} is gone`);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      const code = renderError(error);
      failed ??= code;
    }
  }
  if (failed !== undefined) process.exitCode = failed;
}

async function destroyListed(
  from: Invocation,
  listed: ListedLab,
  here: Parameters<typeof listedConfig>[1],
): Promise<void> {
  const progress = new Progress();
  const maker = await readMaker(listed.stateDir);
  const lab = new Lab({
    config: await listedConfig(listed, here),
    repoDir: from.repoDir,
    // Vagrant keeps what it knows of its machines there.
    configDir: maker?.configDir ?? configDirOf(from.repoDir),
    onEvent: progress.onEvent,
  });
  await refuseDuringScenario(lab.paths);
  await lab.destroy().finally(() => progress.stop());
}
