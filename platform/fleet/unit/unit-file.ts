/** A unit file as fleet stores it: one option per key, in file order; repeated keys are repeated options. */
export interface UnitOption {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

export type UnitOptions = readonly UnitOption[];

/** Values of one key of one section, in file order. */
export function valuesOf(options: UnitOptions, section: string, name: string): string[] {
  return options.filter((o) => o.section === section && o.name === name).map((o) => o.value);
}

/** True when both say the same thing once written down (order of sections included). */
export function sameOptions(a: UnitOptions, b: UnitOptions): boolean {
  return (
    a.length === b.length &&
    a.every((o, i) => o.section === b[i]?.section && o.name === b[i]?.name && o.value === b[i]?.value)
  );
}
