import { meanOf, type Sample } from './sample.ts';

/** Means over equal steps of time, the newest of them. Grows with the time that goes by, up to `kept`. */
export class SampleArchive {
  readonly #perStep: number;
  readonly #kept: number;
  readonly #samples: Sample[] = [];
  #open: Sample[] = [];

  /** @param size how many of the samples that it is given make one step; how many steps are kept */
  constructor(size: { readonly perStep: number; readonly kept: number }) {
    this.#perStep = size.perStep;
    this.#kept = size.kept;
  }

  /** The mean of a step that ends with this sample, if one does. */
  add(sample: Sample): Sample | undefined {
    this.#open.push(sample);
    if (this.#open.length < this.#perStep) return undefined;
    const mean = meanOf(this.#open);
    this.#open = [];
    this.#samples.push(mean);
    if (this.#samples.length > this.#kept) this.#samples.shift();
    return mean;
  }

  /** Oldest first. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }
}
