import type { UnitOptions } from '../unit/unit-file.ts';

/** Images that a unit's commands pull, without doubles. Pure. */
export function pulledImages(options: UnitOptions): string[] {
  const pulled = options.flatMap(({ section, name, value }) => {
    const image = /\bdocker\s+(?:image\s+)?pull\s+(?:-\S+\s+)*([\w][\w./:-]*)/.exec(value)?.[1];
    return section === 'Service' && name.startsWith('Exec') && image !== undefined ? [image] : [];
  });
  return [...new Set(pulled)];
}
