import { findListed, listedErrors } from '#errors/catalogue.ts';
import { LabError } from '#errors/lab-error.ts';
import { nearest } from '#errors/nearest.ts';
import { explanation, errorList, familyList } from '../render/explanation.ts';
import { printOut } from '../render/terminal.ts';

/**
 * What a code means and what to do; of a family or an exit code all entries; without a word the families, or with `all` every entry.
 * @throws LabError `missing.code` naming those that were most likely meant
 */
export function explain(word: string | undefined, options: { json?: boolean; all?: boolean }): void {
  const wanted = word?.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const many = listedErrors.filter((one) => [undefined, one.family, String(one.exitCode)].includes(wanted));
  const one = many.length > 0 || wanted === undefined ? undefined : (findListed(wanted) ?? unknownCode(wanted));
  if (options.json === true) console.log(JSON.stringify(one ?? many));
  else if (one !== undefined) printOut(explanation(one));
  else printOut(wanted === undefined && options.all !== true ? familyList(many) : errorList(many));
}

/** @throws LabError `missing.code` */
function unknownCode(word: string): never {
  const known: string[] = listedErrors.map(({ code }) => code).filter((code) => !code.endsWith('.*'));
  const detailOf = (code: string): string => code.slice(code.indexOf('.') + 1);
  // The whole code with a slip of the pen, a part of one, or such a part with a slip.
  const close = nearest(word, known);
  const part = detailOf(word);
  const meant = nearest(part, known.map(detailOf));
  const alike = known.filter((code) => (part !== '' && code.includes(part)) || detailOf(code) === meant);
  const near = [...new Set([...(close === undefined ? [] : [close]), ...alike])].slice(0, 5);
  throw new LabError({
    code: 'missing.code',
    cause: /^\d+$/.test(word)
      ? `no error has exit code ${word}; 0, 1 and 2 are a scenario's verdict: pass, fail, unknown`
      : `there is no error code ${word}${near.length === 0 ? '' : `; near it: ${near.join(', ')}`}`,
    next: near[0] === undefined ? 'lab explain --all' : `lab explain ${near[0]}`,
  });
}
