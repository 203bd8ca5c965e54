import { hasSpecifier, wordsOf, type Kind, type ValueProblem } from './kind.ts';
import { divide } from './words.ts';

const types = 'service socket target device mount automount swap timer path slice scope'.split(' ');

/** Units' names with blanks between them (After=, Requires=, ...). */
export const unitNames: Kind = each((word) => unitNameProblem(word), wordsOf);

/** Names of one type: `Sockets=`, `Service=`, `Slice=`. */
export function unitNamesOf(type: string): Kind {
  return each((word) => unitNameProblem(word, type), wordsOf);
}

function unitNameProblem(word: string, only?: string): ValueProblem | undefined {
  // What stands for an instance or a name holds no blank and no dot of a type, but for %n.
  const name = word.replaceAll('%n', 'a.service').replaceAll(/%[a-zA-Z%]/g, 'a');
  const [, stem = '', type = ''] = /^(.*)\.([a-z]+)$/s.exec(name) ?? [];
  const fits = only === undefined ? types.includes(type) : type === only;
  if (fits && /^[\w:.\\-][\w:.\\@-]*$/.test(stem) && word.length < 256) return undefined;
  const bare = word.slice(word.lastIndexOf('/') + 1).replace(/^["']+|["',;]+$/g, '');
  if (/[*?[]/.test(word)) {
    return { cause: `"${word}" is no unit's name (patterns are for [X-Fleet])`, example: bare.replaceAll(/[*?[\]]+/g, '1') };
  }
  const parts = bare.split(',').filter((part) => part !== '');
  const suffix = only ?? 'service';
  const whole = parts.map((part) => (/\.[a-z]+$/.test(part) ? part : `${part}.${suffix}`));
  return {
    cause: `"${word}" is no ${only === undefined ? "unit's name" : `name of a ${only}`}`,
    example: whole.join(' '),
  };
} // prettier-ignore

/** One path from `/`. */
export const absolutePath: Kind = (value) => pathProblem(value, value);

/** A path from `/` that may be missing when a `-` stands before it. */
export const optionalPath: Kind = (value) => pathProblem(value, value.replace(/^-/, ''));

/** Paths with blanks between them; `-` and `+` may stand before each. */
export const absolutePaths: Kind = each((word) => pathProblem(word, word.replace(/^-?\+?/, '')));

/** Conditions: `|` and `!` may stand before the path. */
export const conditionPath: Kind = (value) => pathProblem(value, value.replace(/^\|?!?/, ''));

function pathProblem(written: string, path: string): ValueProblem | undefined {
  if (path === '' || path.startsWith('/') || hasSpecifier(path)) return undefined;
  const prefix = written.slice(0, written.length - path.length);
  return { cause: `"${path}" is no path from /`, example: `${prefix}/${path.replace(/^(?:\.\.?\/)+/, '')}` };
}

/** Directories that systemd makes below /run, /var/lib and so on: names, no paths from `/`. */
export const ownDirectories: Kind = each((word) => {
  if (hasSpecifier(word)) return undefined;
  const path = word.split(':')[0] ?? '';
  if (!path.startsWith('/') && !path.split('/').some((part) => part === '..' || part === '.')) return undefined;
  return { cause: `"${path}" is no path below systemd's own directory`, example: path.replace(/^.*\//, '') };
});

/** Environment=: words of NAME=value. */
export const assignments: Kind = (value) => {
  const { words, open } = divide(value);
  if (open !== undefined) return { cause: `a ${open} has no second one`, example: `"NAME=a value"` };
  const bad = words.find((word) => !/^[A-Za-z_]\w*=/.test(word) && !hasSpecifier(word));
  if (bad === undefined) return undefined;
  const cause = `"${bad}" is no NAME=value`;
  const [name, ...rest] = value.split(/\s*[:=]\s*/);
  const meant = (name ?? '').replace(/^export\s+/, '').replaceAll('-', '_');
  const text = rest.join('=');
  return {
    cause: /[\s=]/.test(value) && bad !== value ? `${cause}; with blanks in it, quotes stand around the whole` : cause,
    example: /^[A-Za-z_]\w*$/.test(meant)
      ? /\s/.test(text) ? `"${meant}=${text.replaceAll(/["']/g, '')}"` : `${meant}=${text}`
      : '"NAME=a value"',
  };
}; // prettier-ignore

/** Documentation=: what man, info and browsers know. */
export const documentation: Kind = each((word) =>
  /^(?:https?:\/\/.|(?:file:\/|info:|man:).)/.test(word) || hasSpecifier(word)
    ? undefined
    : {
        cause: `"${word}" is no address that begins with http://, https://, file:/, info: or man:`,
        example: 'https://...',
      },
);

/** The example is the whole list, mended. Names of units are the one list in which quotes are nothing special. */
function each(
  problemOf: (word: string) => ValueProblem | undefined,
  dividing = (value: string): readonly string[] => divide(value).words,
): Kind {
  return (value) => {
    const words = dividing(value);
    const problem = words.map(problemOf).find((found) => found !== undefined);
    const mended = new Set(words.map((word) => problemOf(word)?.example ?? word));
    return problem && { ...problem, example: [...mended].join(' ') };
  };
}
