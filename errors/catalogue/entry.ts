import type { ErrorFamily } from '../exit-codes.ts';

/** What `lab explain CODE` says beside the exit code. */
export interface CatalogueEntry {
  /** When it is said, and why. The first sentence stands alone in lists. */
  readonly means: string;
  /** What to do, with the exact command where there is one. */
  readonly remedy: string;
}

/** The entries of a family. `FAMILY.*` stands for all codes of that family that have no entry of their own. */
export type EntriesOf<Family extends ErrorFamily> = Readonly<Record<`${Family}.${string}`, CatalogueEntry>>;
