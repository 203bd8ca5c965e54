import { stat } from 'node:fs/promises';
import { boxFile, boxIdentity } from '#provision/image/box/box-name.ts';
import { median } from '#scenarios/bench/failover-series.ts';
import { type ProviderFigures, providerFigures } from '#scenarios/bench/providers.ts';
import { seconds } from '#errors/seconds.ts';
import { openLab } from '../open-lab.ts';
import { table } from '../render/table.ts';

/** `npm run bench -- providers`: the same lab of containers and of virtual machines, in turn. */
export async function benchProviders(repoDir: string, rounds: number): Promise<void> {
  const providers = ['nspawn', 'vagrant'] as const;
  const figures = new Map<string, ProviderFigures[]>(providers.map((name) => [name, []]));
  let box = '';
  for (let round = 1; round <= rounds; round += 1) {
    for (const provider of providers) {
      const lab = await openLab({ repoDir, provider });
      const found = await providerFigures(lab);
      figures.get(provider)?.push(found);
      console.log(`round ${round}/${rounds} ${provider}: up ${seconds(found.upMs)}`);
      const { cacheDir, images } = lab.config;
      if (provider === 'vagrant') box = boxFile(await boxIdentity(repoDir, images.suite), 'libvirt', cacheDir);
    }
  }
  const middle = (provider: string, of: keyof ProviderFigures) =>
    median((figures.get(provider) ?? []).map((found) => found[of]));
  const row = (name: string, of: keyof ProviderFigures, shown: (value: number) => string) => {
    const [containers = NaN, guests = NaN] = providers.map((provider) => middle(provider, of));
    return [name, shown(containers), shown(guests), (guests / containers).toFixed(1)];
  };
  const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
  console.log(
    `\nthree machines of each provider, ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds in turn`}`,
  );
  console.log(
    table(
      ['', 'NSPAWN', 'VAGRANT', 'RATIO'],
      [
        row('up, caches warm, until the cluster is ready', 'upMs', seconds),
        row('halt of one', 'haltOneMs', seconds),
        row('up of one, until the cluster is whole', 'upOneMs', seconds),
        row('destroy', 'destroyMs', seconds),
        row("the host's memory for each machine", 'memoryPerMachineBytes', megabytes),
      ],
    ),
  );
  console.log(`Vagrant box: ${((await stat(box)).size / 1e6).toFixed(0)} MB (of 1000 * 1000 bytes)`);
}
