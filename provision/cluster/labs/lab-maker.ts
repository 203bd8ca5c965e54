import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { shellWord } from '../../host/shell-word.ts';

export const makerSchema = z.object({ checkout: z.string().min(1), configDir: z.string().min(1) });

/** Who made a lab: absolute paths of the checkout, and of the directory with its config.rb and lab.toml. */
export type LabMaker = z.output<typeof makerSchema>;

/** A lab as it is found by its name. */
export interface FoundLab {
  readonly maker: LabMaker;
  /** Where its machines are; not that of the configuration when a lab of this name runs elsewhere. */
  readonly stateDir: string;
  /** What its maker is to the checkout that asks. */
  readonly checkout: 'this' | 'another' | 'gone';
}

/** What was asked: the lab that a configuration describes. */
export interface WantedLab {
  readonly name: string;
  readonly stateDir: string;
}

/**
 * A lab belongs to the checkout that made it, as a Vagrant machine to its directory, although it is found by its name. Pure.
 * @returns what to say once before anything is shown of a lab that is not this checkout's own; undefined for one that is
 */
export function makerNote(wanted: WantedLab, found: FoundLab | undefined): string | undefined {
  if (found === undefined) return undefined;
  const { checkout, maker, stateDir } = found;
  const elsewhere = stateDir === wanted.stateDir ? '' : `, and runs with its machines in ${stateDir}`;
  if (checkout === 'another') return `lab ${wanted.name} was made by ${maker.checkout}${elsewhere}`;
  if (checkout === 'gone')
    return `lab ${wanted.name} was made by ${maker.checkout}, which is no checkout any more${elsewhere}`;
  return elsewhere === '' ? undefined : `lab ${wanted.name} was made here before state_dir was changed${elsewhere}`;
}

/**
 * Refuses to change what another checkout made: it may be of another version, with other addresses and sizes. One whose
 * checkout was moved or removed is this one's now: nobody else could care for it. Pure.
 * @param command for the other checkout, as it would be typed: `lab halt core-02`
 * @throws LabError `state.another-checkout`, `state.another-state-dir`
 */
export function refuseAnothers(wanted: WantedLab, found: FoundLab | undefined, command: string): void {
  const cause = makerNote(wanted, found);
  if (found === undefined || cause === undefined) return;
  const elsewhere = found.stateDir !== wanted.stateDir;
  const anew = 'to make it anew here: ./lab destroy';
  if (found.checkout === 'another') {
    throw new LabError({
      code: 'state.another-checkout',
      cause,
      next: `${commandOf(found.maker, command)}; ${anew}; for a lab beside it: another name and range in lab.toml`,
    });
  }
  if (!elsewhere) return;
  throw new LabError({
    code: 'state.another-state-dir',
    cause,
    next: `set state_dir back under [lab] in lab.toml; ${anew}`,
  });
}

/** A command of this lab as it is typed for one of another checkout. Pure. @param command `lab halt` */
export function commandOf({ checkout, configDir }: LabMaker, command: string): string {
  const config = configDir === checkout ? '' : `LAB_CONFIG_DIR=${shellWord(configDir)} `;
  return `cd ${shellWord(checkout)} && ${config}./${command}`;
}

/** Of the spec of a lab's supervisor, which runs the RSVP stream of its checkout. Pure. */
export function makerOfSpec(spec: unknown): LabMaker | undefined {
  const stream = specSchema.safeParse(spec).data?.rsvp[1];
  const [, checkout] = /^(\/.*)\/apps\/meetup\/dist\/meetup\.cjs$/.exec(stream ?? '') ?? [];
  return checkout === undefined ? undefined : { checkout, configDir: checkout };
}

const specSchema = z.object({ rsvp: z.array(z.string()) });
