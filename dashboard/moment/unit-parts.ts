// The page has it from here: a moment is all it knows of the lab.
export { shortUnit } from '#scenarios/harness/record/unit-name.ts';

/** The chapter's two layers; what is in neither is `other`. */
export type ChapterLayer = 'persistence' | 'application' | 'other';

export interface UnitParts {
  /** `couchbase` of `couchbase-sidekick@1.service` as of `couchbase@1.service`. */
  readonly kind: string;
  readonly instance: string | undefined;
  readonly sidekick: boolean;
  readonly layer: ChapterLayer;
}

const layers: Readonly<Record<string, ChapterLayer>> = {
  couchbase: 'persistence',
  memcached: 'persistence',
  worker: 'application',
  web: 'application',
};

/** What a unit's name says of it. Pure. */
export function unitParts(unit: string): UnitParts {
  const [, whole = unit, instance] = /^([^@]+?)(?:@(.*))?\.service$/.exec(unit) ?? [];
  const kind = whole.replace(/-sidekick$/, '');
  return {
    kind,
    instance,
    sidekick: kind !== whole,
    layer: Object.hasOwn(layers, kind) ? (layers[kind] ?? 'other') : 'other',
  };
}
