/**
 * Takes `OPTION VALUE` or `OPTION=VALUE` out of a command line, wherever a person puts it; what follows `--` belongs to another program. Pure.
 * @returns undefined where it is not said; the words that stand before it, and a value unless the line ends behind it
 */
export function takeOption(
  argv: readonly string[],
  option: string,
): { argv: string[]; before: string[]; value: string | undefined } | undefined {
  const end = argv.indexOf('--');
  const own = end === -1 ? [...argv] : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  const at = own.findIndex((word) => word === option || word.startsWith(`${option}=`));
  if (at === -1) return undefined;
  const [word = ''] = own.splice(at, 1);
  const value = word.includes('=') ? word.slice(word.indexOf('=') + 1) : own.splice(at, 1)[0];
  return { argv: [...own, ...rest], before: own.slice(0, at), value };
}
