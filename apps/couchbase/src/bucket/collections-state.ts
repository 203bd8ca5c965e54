/** A bucket's scopes and collections as they are kept. */
export interface CollectionsState {
  readonly uid: number;
  readonly nextScope: number;
  readonly nextCollection: number;
  readonly scopes: readonly {
    readonly id: number;
    readonly name: string;
    readonly collections: readonly { readonly id: number; readonly name: string; readonly maxTtl: number }[];
  }[];
}
