import { isRecord } from '../../../../errors/is-record.ts';
import { LabError } from '../../../../errors/lab-error.ts';
import { isBuiltInReduce } from './built-in-reduces.ts';
import type { SourceCheck } from './source-check.ts';

/** One view of a design document. `reduce` is the name of a built-in one, or JavaScript. */
export interface ViewDefinition {
  readonly map: string;
  readonly reduce?: string;
}

/** Views by name, as checked; `source` is the JSON as it was sent. */
export interface DesignDocument {
  readonly views: ReadonlyMap<string, ViewDefinition>;
  readonly source: unknown;
}

/**
 * Checks the JSON body of a design document.
 * @param check of its functions; one that was recorded needs none, it had it when it was published
 * @throws LabError `input.design` for a wrong shape, `input.map` for a function that does not compile
 */
export function readDesignDocument(source: unknown, check?: SourceCheck): DesignDocument {
  const views = new Map<string, ViewDefinition>();
  const definitions = isRecord(source) ? (source['views'] ?? {}) : undefined;
  if (!isRecord(definitions)) throw bad('a design document is a JSON object with an object "views"');
  for (const [name, definition] of Object.entries(definitions)) {
    if (!isRecord(definition) || typeof definition['map'] !== 'string') throw bad(`view ${name} has no map function`);
    const { map, reduce = '' } = definition;
    if (typeof reduce !== 'string') throw bad(`reduce of view ${name} must be a string`);
    check?.(`map function of view ${name}`, map);
    if (reduce !== '' && !isBuiltInReduce(reduce)) check?.(`reduce function of view ${name}`, reduce);
    views.set(name, reduce === '' ? { map } : { map, reduce });
  }
  return { views, source };
}

function bad(cause: string): LabError {
  return new LabError({
    code: 'input.design',
    cause,
    next: 'send {"views":{"NAME":{"map":"function (doc, meta) {...}"}}}',
  });
}
