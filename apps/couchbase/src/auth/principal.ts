/** Who a caller has shown to be. `bucket`: by the name and password of a bucket, as clients did up to Couchbase 4.6. */
export type Principal =
  | { readonly kind: 'administrator'; readonly name: string }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'bucket'; readonly name: string }
  /** Nobody in particular: what a bucket without a password is open to. */
  | { readonly kind: 'anonymous'; readonly name: '' };

export const anonymous: Principal = { kind: 'anonymous', name: '' };
