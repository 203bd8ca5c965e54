import { LabError } from '../../../../errors/lab-error.ts';
import { builtInReduces, isBuiltInReduce, type BuiltInReduce } from './reduce-rows.ts';

/** One view of a design document. */
export interface ViewDefinition {
  readonly map: string;
  readonly reduce?: BuiltInReduce;
}

/** Views by name, as checked; `source` is the JSON as it was sent. */
export interface DesignDocument {
  readonly views: ReadonlyMap<string, ViewDefinition>;
  readonly source: unknown;
}

/**
 * Checks the JSON body of a design document.
 * @throws LabError `input.design` for a wrong shape, `unbuilt.reduce` for a reduce written in JavaScript
 */
export function readDesignDocument(source: unknown): DesignDocument {
  const views = new Map<string, ViewDefinition>();
  const definitions = isRecord(source) ? (source['views'] ?? {}) : undefined;
  if (!isRecord(definitions)) throw bad('a design document is a JSON object with an object "views"');
  for (const [name, definition] of Object.entries(definitions)) {
    if (!isRecord(definition) || typeof definition['map'] !== 'string') throw bad(`view ${name} has no map function`);
    const { map, reduce = '' } = definition;
    if (typeof reduce !== 'string') throw bad(`reduce of view ${name} must be a string`);
    if (reduce === '') views.set(name, { map });
    else if (isBuiltInReduce(reduce)) views.set(name, { map, reduce });
    else throw ownReduce(name);
  }
  return { views, source };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(cause: string): LabError {
  return new LabError({
    code: 'input.design',
    cause,
    next: 'send {"views":{"NAME":{"map":"function (doc, meta) {...}"}}}',
  });
}

function ownReduce(name: string): LabError {
  return new LabError({
    code: 'unbuilt.reduce',
    cause: `view ${name}: reduce functions in JavaScript are not supported by this embedded server`,
    next: `use ${builtInReduces.join(', ')} or reduce in the application`,
  });
}
