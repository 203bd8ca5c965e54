import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LabConfig } from '../../config/lab-config.ts';

interface HasState {
  readonly config: Pick<LabConfig, 'stateDir'>;
}

const fileOf = ({ config }: HasState): string => join(config.stateDir, 'still-to-begin.json');

/** Machines whose etcd members a cluster was begun with, and which have not been booted yet. */
export async function stillToBegin(lab: HasState): Promise<string[]> {
  const text = await readFile(fileOf(lab), 'utf8').catch(() => '[]');
  return z.array(z.string()).parse(JSON.parse(text));
}

/** None takes the record away. */
export async function rememberBeginners(lab: HasState, names: readonly string[]): Promise<void> {
  if (names.length === 0) return rm(fileOf(lab), { force: true });
  await writeFile(fileOf(lab), JSON.stringify(names));
}

/** These begin now, or have a member's place to take: whatever they are made for later, it is not the beginning. */
export async function noLongerToBegin(lab: HasState, names: readonly string[]): Promise<void> {
  const begins = await stillToBegin(lab);
  if (begins.some((name) => names.includes(name)))
    await rememberBeginners(
      lab,
      begins.filter((name) => !names.includes(name)),
    );
}
