import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { diskPackages, requiredPackages } from '#provision/host/package-list.ts';
import type { OnLabEvent } from '#provision/cluster/parts/lab-event.ts';
import { ensurePackages } from '#provision/host/packages.ts';
import { boxIdentity } from '#provision/image/box/box-name.ts';
import type { BoxProvider } from '#provision/image/box/box-provider.ts';
import { type Box, ensureBox } from '#provision/image/box/ensure-box.ts';
import type { Invocation } from '../invocation.ts';
import { describeLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { printOut } from '../render/terminal.ts';

export interface ImageBoxOptions {
  readonly boxProvider: string;
  readonly output?: string;
  readonly name?: boolean;
  readonly json?: boolean;
}

/** `lab image box`: the Vagrant boxes of this checkout, from the cache or built now. */
export async function imageBox(from: Invocation, options: ImageBoxOptions): Promise<void> {
  const { repoDir } = from;
  const providers = chosenProviders(options.boxProvider);
  const { config } = await describeLab(from);
  if (options.name === true) {
    console.log((await boxIdentity(repoDir, config.images.suite)).name);
    return;
  }
  requireRoot();
  const progress = new Progress();
  const on = options.json === true ? () => undefined : progress.onEvent;
  const packages = [...Object.keys(requiredPackages), ...Object.keys(diskPackages)];
  const boxes: DeliveredBox[] = [];
  try {
    await ensurePackages({
      packages,
      onProgress: (detail) => on({ subject: 'host', phase: 'packages', status: 'progress', detail }),
    });
    for (const provider of providers) {
      const phases = phasesOf(provider, on);
      const request = { provider, repoDir, suite: config.images.suite, cacheDir: config.cacheDir };
      const box = await ensureBox({ ...request, onProgress: phases.onProgress });
      phases.end();
      boxes.push({ provider, ...box, file: await deliver(box, options.output) });
    }
  } finally {
    progress.stop();
  }
  if (options.json === true) console.log(JSON.stringify(boxes));
  else printOut(boxes.map(describe).join('\n'));
}

type DeliveredBox = Box & { readonly provider: BoxProvider };

function chosenProviders(word: string): readonly BoxProvider[] {
  if (word === 'all') return ['libvirt', 'virtualbox'];
  if (word === 'libvirt' || word === 'virtualbox') return [word];
  throw new LabError({
    code: 'usage.box-provider',
    cause: `there is no box for the provider ${JSON.stringify(word)}`,
    next: 'lab image box --box-provider libvirt   (or virtualbox, or all)',
  });
}

/** Each of a box's phases ends when the next one begins. */
function phasesOf(provider: BoxProvider, on: OnLabEvent) {
  let current: string | undefined;
  const end = () => {
    if (current !== undefined) on({ subject: provider, phase: current, status: 'done' });
    current = undefined;
  };
  return {
    end,
    onProgress: (phase: string, detail: string) => {
      if (phase !== current) {
        end();
        on({ subject: provider, phase, status: 'started' });
        current = phase;
      }
      on({ subject: provider, phase, status: 'progress', detail });
    },
  };
}

async function deliver(box: Box, directory: string | undefined): Promise<string> {
  if (directory === undefined) return box.file;
  await mkdir(directory, { recursive: true });
  const target = join(resolve(directory), basename(box.file));
  await copyFile(box.file, target);
  return target;
}

function describe({ provider, name, file, bytes, built }: DeliveredBox): string {
  const size = `${Math.round(bytes / 1e6)} MB`;
  return [
    `box for ${provider}: ${name}, ${size}, ${built ? 'built now' : 'from the cache'}`,
    `  ${file}`,
    `  vagrant box add --provider ${provider} --name ${name} ${file}`,
  ].join('\n');
}
