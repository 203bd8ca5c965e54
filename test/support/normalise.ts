/** The text with the given places (paths that differ between runs) by their names; everything else stays as it is. */
export function normalise(text: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((now, [name, place]) => now.replaceAll(place, name), text);
}

/**
 * The report of `lab doctor` on any host: which checks there are, and in which order. What each has found (sizes, versions, paths)
 * is the host's affair, as is what it must mend.
 */
export function normaliseDoctor(text: string): string {
  return text
    .replaceAll(/^(?:ok {2}|warn|FAIL)( {2}\S.*? +)(?<= {2})\S.*$/gm, 'STATUS$1FOUND')
    .replaceAll(/^ +fix: .*\n/gm, '')
    .replaceAll(/^This host .*: \d+ of (\d+) checks .*$/gm, 'SUM of $1 checks')
    .replaceAll(/^(Beside what runs now there is room for ).*\.$/gm, '$1ROOM.');
}
