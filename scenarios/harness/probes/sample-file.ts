import { closeSync, openSync, writeSync } from 'node:fs';
import type { Sample } from '../record/sample.ts';

/** Lines for samples.ndjson, gathered and written a few times a second; what was written survives the process's death. */
export class SampleFile {
  readonly #fd: number;
  #lines = '';

  constructor(file: string) {
    this.#fd = openSync(file, 'a');
  }

  /** Gathers a sample; it is in the file at the next `flush`. */
  add(sample: Sample): void {
    this.#lines += `${JSON.stringify(sample)}\n`;
  }

  /** Writes what was gathered before it returns. */
  flush(): void {
    if (this.#lines === '') return;
    writeSync(this.#fd, this.#lines);
    this.#lines = '';
  }

  /** Writes what was gathered, and lets go of the file. */
  close(): void {
    this.flush();
    closeSync(this.#fd);
  }
}
