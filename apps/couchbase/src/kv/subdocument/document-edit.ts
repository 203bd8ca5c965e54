import { depthOf } from '../../bucket/document-json.ts';
import type { Document } from '../../bucket/document.ts';
import type { DocumentStore } from '../../bucket/document-store.ts';
import { jsonDepth } from '../../subdocument/json-depth.ts';
import { get } from '../../subdocument/lookups.ts';
import { subdocumentLimits } from '../../subdocument/limits.ts';
import { parsePath } from '../../subdocument/path.ts';
import { systemXattrs, xattrNames } from '../../subdocument/xattrs.ts';
import type { ByteString } from '../../wire/byte-string.ts';
import { statuses, type Status } from '../../wire/status.ts';
import { decodeBinary, encodeBinary } from './binary-values.ts';
import { Macros } from './macros.ts';
import { isDeletion } from './read-request.ts';
import type { Spec } from './specs.ts';

/** A document on its way from one state to the next: body and attributes, changed path by path, stored by nobody yet. */
export class DocumentEdit {
  readonly macros: Macros;
  #body: ByteString;
  /** Nesting of the body, -1 when it is no JSON. */
  #depth: number;
  #xattrs: ByteString;

  /** @param document undefined for a new one @param template what a new one begins with */
  constructor(store: DocumentStore, document: Document | undefined, template: ByteString) {
    this.macros = new Macros(store, document);
    this.#body = document === undefined ? template : document.value;
    this.#depth = document === undefined ? jsonDepth(template) : depthOf(document);
    this.#xattrs = document === undefined ? '' : document.xattrs;
  }

  /** The body as the edits so far have left it; empty when they removed it. */
  get body(): ByteString {
    return this.#body;
  }

  /** The attributes as the edits so far have left them: a JSON object, or empty for none. `Macros.fill` is still to come. */
  get xattrs(): ByteString {
    return this.#xattrs;
  }

  /** Does what a path asks for, and gives its answer; a status when it cannot be done, and then nothing has changed. */
  apply(spec: Spec): { readonly answer: ByteString } | Status {
    const { action } = spec.command;
    switch (action.kind) {
      case 'edit':
        return spec.onXattr ? this.#editXattrs(spec, action.run) : this.#editBody(spec, action.run);
      case 'whole':
        return this.#replaceWhole(spec);
      case 'body from xattr':
        return this.#takeBodyFromXattr(spec);
      case 'lookup':
        return statuses.invalid;
    }
  }

  #editXattrs(spec: Spec, run: EditRun): { readonly answer: ByteString } | Status {
    const value = this.#valueOf(spec);
    if (value === undefined) return statuses.subdocXattrUnknownVirtualMacro;
    const edited = runOn(this.#xattrs === '' ? '{}' : this.#xattrs, spec, value, run);
    if (typeof edited === 'number') return edited;
    this.#xattrs = xattrNames(edited.text).length === 0 ? '' : edited.text;
    return edited;
  }

  #valueOf({ value, expandsMacros, isBinary }: Spec): ByteString | undefined {
    if (expandsMacros) return this.macros.expand(value);
    return isBinary ? encodeBinary(value) : value;
  }

  #editBody(spec: Spec, run: EditRun): { readonly answer: ByteString } | Status {
    if (this.#depth < 0) return statuses.subdocDocumentNotJson;
    if (this.#depth > subdocumentLimits.depth) return statuses.subdocDocumentTooDeep;
    const edited = runOn(this.#body, spec, spec.value, run);
    if (typeof edited === 'number') return edited;
    // It may have become deeper, by no more than was checked: a bound is enough here.
    this.#body = edited.text;
    return edited;
  }

  #replaceWhole(spec: Spec): { readonly answer: ByteString } {
    if (isDeletion(spec)) {
      this.#xattrs = systemXattrs(this.#xattrs);
      this.#setBody('');
    } else this.#setBody(spec.value);
    return nothing;
  }

  #takeBodyFromXattr(spec: Spec): { readonly answer: ByteString } | Status {
    const path = parsePath(spec.path);
    if (typeof path === 'number') return path;
    const found = get(this.#xattrs === '' ? '{}' : this.#xattrs, path);
    if (typeof found === 'number') return found;
    const body = spec.isBinary ? decodeBinary(found.answer) : found.answer;
    if (body === undefined) return statuses.subdocPathMismatch;
    this.#setBody(body);
    return nothing;
  }

  #setBody(body: ByteString): void {
    this.#body = body;
    this.#depth = jsonDepth(body);
  }
}

type EditRun = Extract<Spec['command']['action'], { kind: 'edit' }>['run'];

const nothing = { answer: '' };

function runOn(text: ByteString, spec: Spec, value: ByteString, run: EditRun) {
  const path = parsePath(spec.path);
  if (typeof path === 'number') return path;
  return run({ text, path, value, createPath: spec.createPath });
}
