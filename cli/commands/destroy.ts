import { openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';

export async function destroy(repoDir: string): Promise<void> {
  requireRoot('destroy');
  const progress = new Progress();
  const lab = openLab(repoDir, progress.onEvent);
  await lab.destroy().finally(() => progress.stop());
  console.log(`lab ${lab.config.name} is gone; images stay in ${lab.config.cacheDir}`);
}
