import type { Lab } from '#provision/cluster/lab.ts';
import { forgetOtherClusters } from '#provision/host/other-clusters.ts';
import { requiredPackages } from '#provision/host/package-list.ts';
import { ensurePackages } from '#provision/host/packages.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { renderError } from '../render/error.ts';
import { benchCouchbase } from './couchbase.ts';
import { benchFleet } from './fleet.ts';
import { benchFailover, benchProbes, benchWarmUp } from './on-one-lab.ts';
import { type BenchName, packagesOf, readOptions, usageText } from './options.ts';
import { benchProviders } from './providers.ts';
import { benchQuiet } from './quiet.ts';
import { benchV2 } from './v2.ts';

/** Of the lab that is made for it, so that nobody's own is destroyed. */
const labName = 'bench';

/** `npm run bench [-- NAME [ARGUMENT]]`: figures that compare things in one run, in interleaved rounds. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) return console.log(usageText);
  forgetOtherClusters(process.env);
  requireRoot();
  process.env['LAB_NAME'] = labName;
  const repoDir = process.env['LAB_ROOT'] ?? process.cwd();
  const packages = [...Object.keys(requiredPackages), ...packagesOf(options.names)];
  await ensurePackages({ packages, onProgress: (line) => console.error(line) });
  for (const name of options.names) await bench(name, repoDir, options);
}

async function bench(
  name: BenchName,
  repoDir: string,
  { argument, rounds }: { readonly argument: string | undefined; readonly rounds: number },
): Promise<void> {
  switch (name) {
    case 'warm-up':
      return onLab(repoDir, (lab) => benchWarmUp(lab, rounds));
    case 'failover':
      return onLab(repoDir, (lab) => benchFailover(lab, rounds, (argument ?? 'halt,cut,pause,partition').split(',')));
    case 'probes':
      return onLab(repoDir, benchProbes);
    case 'quiet':
      return onLab(repoDir, (lab) => benchQuiet(lab, Number(argument ?? 60) * 1000, 100));
    case 'providers':
      return benchProviders(repoDir, rounds);
    case 'fleet':
      return benchFleet(repoDir, rounds, argument);
    case 'couchbase':
      return benchCouchbase(repoDir, rounds, argument);
    case 'v2':
      return benchV2(repoDir, rounds, argument);
  }
}

async function onLab(repoDir: string, work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await openLab({ repoDir });
  try {
    await work(lab);
  } finally {
    await lab.destroy();
  }
}

main().catch((error: unknown) => {
  process.exitCode = renderError(error);
});
