import { LabError } from '../../../../errors/lab-error.ts';
import { readDesignDocument, type DesignDocument } from './design-document.ts';
import { viewLimits } from './limits.ts';
import type { SourceCheck } from './source-check.ts';

/** A design document and how often its name was published. */
export interface Published {
  readonly document: DesignDocument;
  readonly revision: number;
  readonly bytes: number;
}

/** Keeps what becomes of design documents. */
export interface Recorder {
  /** @throws LabError `state.disk-full` when so many bytes cannot be recorded */
  require(bytes: number): void;
  /** @param source undefined of one that is gone */
  design(name: string, revision: number, source: unknown): void;
}

/** A bucket's design documents. Names come without `_design/` and may start with `dev_`. */
export class DesignDocuments {
  readonly #byName = new Map<string, Published>();
  readonly #record: Recorder;
  #revision = 0;

  /** @param record keeps what changes */
  constructor(record: Recorder) {
    this.#record = record;
  }

  /** Publishes or replaces a design document. @throws LabError `input.*` when it is not valid; the old one stays then */
  put(name: string, source: unknown, check: SourceCheck): void {
    const bytes = JSON.stringify(source).length;
    const others = [...this.#byName].filter(([other]) => other !== name);
    if (others.reduce((sum, [, other]) => sum + other.bytes, bytes) > viewLimits.designBytes) throw tooLarge();
    const document = readDesignDocument(source, check);
    this.#record.require(bytes);
    this.#byName.set(name, { document, revision: ++this.#revision, bytes });
    this.#record.design(name, this.#revision, source);
  }

  /** Puts a design document back as it was recorded, or, without a source, takes it away. */
  restore(name: string, revision: number, source: unknown): void {
    this.#revision = Math.max(this.#revision, revision);
    if (source === undefined) this.#byName.delete(name);
    else
      this.#byName.set(name, { document: readDesignDocument(source), revision, bytes: JSON.stringify(source).length });
  }

  /** The design document of that name as it was last published; undefined when there is none. */
  published(name: string): Published | undefined {
    return this.#byName.get(name);
  }

  /** False when there was none. */
  delete(name: string): boolean {
    if (!this.#byName.has(name)) return false;
    this.#record.require(0);
    this.#byName.delete(name);
    this.#record.design(name, this.#revision, undefined);
    return true;
  }

  /** All of them with what was published, in the order in which their names were first. */
  list(): { readonly name: string; readonly revision: number; readonly source: unknown }[] {
    return [...this.#byName].map(([name, { revision, document }]) => ({ name, revision, source: document.source }));
  }
}

function tooLarge(): LabError {
  return new LabError({
    code: 'input.design',
    cause: `the design documents of a bucket may have ${viewLimits.designBytes} bytes`,
    next: 'remove some of them, or make them shorter',
  });
}
