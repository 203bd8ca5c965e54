import { allows, type Access, type Grant } from './permission.ts';

/** What somebody may do with the documents of one bucket, computed once for many requests. */
export class DocumentAccess {
  /** Revision of the users that it was computed from. */
  readonly revision: number;
  readonly #whole: ReadonlySet<Access>;
  readonly #grants: readonly Grant[];

  /** @param grants all of a principal */
  constructor(grants: readonly Grant[], bucket: string, revision: number) {
    this.revision = revision;
    this.#grants = grants.filter(
      ({ area, within }) => area === 'data' && (within.bucket === undefined || within.bucket === bucket),
    );
    const whole = this.#grants.filter(({ within }) => within.scope === undefined);
    this.#whole = new Set(whole.flatMap(({ to }) => to));
  }

  /** Whether all of `needs` are allowed in a collection, `_default` where none is named. */
  allows(needs: readonly Access[], scope = '_default', collection = '_default'): boolean {
    return needs.every((to) => this.#whole.has(to) || allows(this.#grants, { area: 'data', to, scope, collection }));
  }
}
