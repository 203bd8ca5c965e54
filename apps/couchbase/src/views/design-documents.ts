import { readDesignDocument, type DesignDocument } from './design-document.ts';

/** A design document and how often its name was published. */
export interface Published {
  readonly document: DesignDocument;
  readonly revision: number;
}

/** A bucket's design documents. Names come without `_design/` and may start with `dev_`. */
export class DesignDocuments {
  private readonly byName = new Map<string, Published>();
  private revision = 0;

  /** Publishes or replaces a design document. @throws LabError `input.*` when it is not valid; the old one stays then */
  put(name: string, source: unknown): void {
    this.byName.set(name, { document: readDesignDocument(source), revision: ++this.revision });
  }

  published(name: string): Published | undefined {
    return this.byName.get(name);
  }

  /** False when there was none. */
  delete(name: string): boolean {
    return this.byName.delete(name);
  }

  list(): { readonly name: string; readonly revision: number; readonly source: unknown }[] {
    return [...this.byName].map(([name, { revision, document }]) => ({ name, revision, source: document.source }));
  }
}
