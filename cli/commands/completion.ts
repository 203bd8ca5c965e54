import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { Invocation } from '../invocation.ts';
import { describeLab } from '../open-lab.ts';
import { completionScript } from '../shell/completion-script.ts';
import { shellKinds } from '../shell/export-lines.ts';
import { shellEnvironment, shellHome } from '../shell/shell-environment.ts';
import { scenarioNames } from './scenario-names.ts';

/** Prints what a shell evaluates to complete the words of `lab`: once, in ~/.bashrc and the like. Touches nothing. */
export async function completion(from: Invocation, shell: string): Promise<void> {
  const kind = shellKinds.find((one) => one === shell);
  if (kind === undefined) {
    throw new LabError({
      code: 'usage.value',
      cause: `lab completion knows ${shellKinds.join(', ')}, not ${JSON.stringify(shell)}`,
      next: 'eval "$(lab completion bash)"',
    });
  }
  const { repoDir } = from;
  const lab = await describeLab(from);
  const own = shellEnvironment(lab, { repoDir, node: process.execPath, env: process.env });
  const text = await readFile(
    join(shellHome(repoDir), kind === 'fish' ? 'lab-completion.fish' : 'lab-completion.bash'),
    'utf8',
  );
  const environment = { ...own, LAB_SHELL_SCENARIOS: await scenarioNames() };
  console.log(completionScript(kind, { environment, text, launcher: join(repoDir, 'lab') }));
}
