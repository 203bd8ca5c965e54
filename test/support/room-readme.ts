/** Files whose names a README gives as they are; a unit's name, say, is of something else. */
const fileName = /^(?!dist\/|\/|~)[\w@*./-]+\.(ts|tsx|mts|mjs|sh|pl|css|njk)$/;
const folderName = /^(?!dist\/|\/|~)[\w@./-]+\/$/;

/**
 * Names of files and folders in backticks that nothing has: neither at that place in the room, nor somewhere below it, nor from the
 * checkout's root. `*` stands for part of a name; a name with a word in capitals (`NAME.ts`) is a form, not a name. Pure.
 */
export function unknownNames(room: string, text: string, files: readonly string[]): string[] {
  const inside = filesOf(room, files);
  const names = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '');
  return names
    .filter((name) => (fileName.test(name) || folderName.test(name)) && !/[A-Z]{4,}/.test(name))
    .filter((name) => !inside.some(matcher(name, true)) && !files.some(matcher(name, false)));
}

/** Folders right below a room that its README does not name, with a slash at their end. Pure. */
export function unnamedFolders(room: string, text: string, files: readonly string[]): string[] {
  const below = filesOf(room, files).map((path) => path.split('/'));
  const folders = new Set(below.flatMap((parts) => (parts.length > 1 ? [parts[0] ?? ''] : [])));
  return [...folders]
    .filter((folder) => !new RegExp(`[\`(\\[]${folder}[/\`)\\]]`).test(text))
    .map((folder) => `${folder}/`);
}

function filesOf(room: string, files: readonly string[]): string[] {
  return files.filter((path) => path.startsWith(`${room}/`)).map((path) => path.slice(room.length + 1));
}

function matcher(name: string, anywhere: boolean): (path: string) => boolean {
  const escaped = name.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  const pattern = new RegExp(`${anywhere ? '(^|/)' : '^'}${escaped}${name.endsWith('/') ? '' : '$'}`);
  return (path) => pattern.test(path);
}
