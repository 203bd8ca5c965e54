import { LabError } from '../../../../errors/lab-error.ts';
import { readDesignDocument, type DesignDocument } from './design-document.ts';
import { viewLimits } from './limits.ts';

/** A design document and how often its name was published. */
export interface Published {
  readonly document: DesignDocument;
  readonly revision: number;
  readonly bytes: number;
}

/** A bucket's design documents. Names come without `_design/` and may start with `dev_`. */
export class DesignDocuments {
  readonly #byName = new Map<string, Published>();
  #revision = 0;

  /** Publishes or replaces a design document. @throws LabError `input.*` when it is not valid; the old one stays then */
  put(name: string, source: unknown): void {
    const bytes = JSON.stringify(source).length;
    const others = [...this.#byName].filter(([other]) => other !== name);
    if (others.reduce((sum, [, other]) => sum + other.bytes, bytes) > viewLimits.designBytes) throw tooLarge();
    this.#byName.set(name, { document: readDesignDocument(source), revision: ++this.#revision, bytes });
  }

  published(name: string): Published | undefined {
    return this.#byName.get(name);
  }

  /** False when there was none. */
  delete(name: string): boolean {
    return this.#byName.delete(name);
  }

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
