import { randomBytes } from 'node:crypto';
import type { Document } from '../../bucket/document.ts';
import type { DocumentStore } from '../../bucket/document-store.ts';
import type { ByteString } from '../../wire/byte-string.ts';
import { casHex, type Cas } from '../../wire/cas.ts';
import { crc32c } from './crc32c.ts';
import { documentAttribute, hex32, hex64 } from './virtual-attributes.ts';

/** Macros for what a mutation gets only when it is done. */
const mutationMacros = ['"${Mutation.CAS}"', '"${Mutation.seqno}"', '"${Mutation.value_crc32c}"'] as const;
type MutationMacro = (typeof mutationMacros)[number];

const documentMacro = /^"\$\{\$document(?:\.([A-Za-z_0-9]+))?\}"$/;

/** Is this value a macro, quotes and all (kv_engine, docs/ExtendedAttributes.md)? */
export function isKnownMacro(value: ByteString): boolean {
  return mutationMacros.some((macro) => macro === value) || documentMacro.test(value);
}

/** What the mutation turned out to be. */
export interface MutationFacts {
  readonly cas: Cas;
  readonly seqno: number;
  readonly value: ByteString;
}

/** Expands macros: at once what is known of the document, by way of place holders what the mutation gets at its end. */
export class Macros {
  readonly #store: DocumentStore;
  readonly #document: Document | undefined;
  readonly #places = new Map<MutationMacro, ByteString>();

  /** @param document the document before the mutation */
  constructor(store: DocumentStore, document: Document | undefined) {
    this.#store = store;
    this.#document = document;
  }

  /** JSON to be stored in place of a macro, or undefined when there is nothing of that name. */
  expand(value: ByteString): ByteString | undefined {
    const macro = mutationMacros.find((known) => known === value);
    if (macro !== undefined) return this.#placeOf(macro);
    if (this.#document === undefined) return undefined;
    const fields: Readonly<Record<string, unknown>> = documentAttribute(this.#store, this.#document);
    const name = documentMacro.exec(value)?.[1];
    if (name === undefined) return JSON.stringify(fields);
    return Object.hasOwn(fields, name) ? JSON.stringify(fields[name]) : undefined;
  }

  /** `expand` gave a place holder, which `fill` has to replace. */
  get areInUse(): boolean {
    return this.#places.size > 0;
  }

  /** Puts the facts in their places. */
  fill(xattrs: ByteString, { cas, seqno, value }: MutationFacts): ByteString {
    let filled = xattrs;
    for (const [macro, place] of this.#places) {
      const fact =
        macro === '"${Mutation.CAS}"'
          ? casMacro(cas)
          : macro === '"${Mutation.seqno}"'
            ? hex64(seqno)
            : hex32(crc32c(value));
      filled = filled.replaceAll(place, JSON.stringify(fact));
    }
    return filled;
  }

  #placeOf(macro: MutationMacro): ByteString {
    const known = this.#places.get(macro);
    if (known !== undefined) return known;
    // Nobody can have written it, so that nothing else is replaced.
    const place = JSON.stringify(randomBytes(16).toString('hex'));
    this.#places.set(macro, place);
    return place;
  }
}

/** The CAS with its bytes in the order of the machine's memory, as the real server gives it (and clients read it). */
function casMacro(cas: Cas): string {
  return `0x${Buffer.from(casHex(cas), 'hex').reverse().toString('hex')}`;
}
