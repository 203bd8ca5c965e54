import { splitUnitName } from './name.ts';

/** Expands %n (full name), %N (name without type), %p (prefix), %i (instance) and %% as fleet does inside [X-Fleet] only. */
export function expandSpecifiers(value: string, unit: string): string {
  const { full, stem, prefix, instance } = splitUnitName(unit);
  return value.replace(/%([nNpi%])/g, (all, letter: string) => {
    switch (letter) {
      case 'n':
        return full;
      case 'N':
        return stem;
      case 'p':
        return prefix;
      case 'i':
        return instance ?? '';
      case '%':
        return '%';
      default:
        return all;
    }
  });
}
