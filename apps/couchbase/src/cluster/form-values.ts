/** Problems by form field, as the REST API answers them in `errors`. Empty: all is well. */
export type Problems = Readonly<Record<string, string>>;

export type Checked<Value> = { readonly value: Value } | { readonly problems: Problems };

/** A form field as a number from 0 to 999,999,999; undefined for anything else. */
export function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
}

/** All problems of several checks. */
export function problemsOf(...checked: readonly Checked<unknown>[]): Problems {
  return Object.fromEntries(checked.flatMap((one) => ('problems' in one ? Object.entries(one.problems) : [])));
}
