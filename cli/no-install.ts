/**
 * Takes `--no-install` out of a command line, wherever a person puts it; what follows `--` belongs to another program. The
 * launcher looks for it too, for it installs before there is a CLI.
 */
export function takeNoInstall(argv: readonly string[]): { argv: string[]; noInstall: boolean } {
  const end = argv.indexOf('--');
  const kept = argv.filter((word, at) => word !== '--no-install' || (end !== -1 && at > end));
  return { argv: kept, noInstall: kept.length < argv.length };
}
