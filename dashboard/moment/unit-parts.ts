/** The chapter's two layers; what is in neither is `other`. */
export type Layer = 'persistence' | 'application' | 'other';

export interface UnitParts {
  /** `couchbase` of `couchbase-sidekick@1.service` as of `couchbase@1.service`. */
  readonly kind: string;
  readonly instance: string | undefined;
  readonly sidekick: boolean;
  readonly layer: Layer;
}

const layers: Readonly<Record<string, Layer>> = {
  couchbase: 'persistence',
  memcached: 'persistence',
  worker: 'application',
  web: 'application',
};

/** `couchbase@1.service` -> `couchbase@1`. */
export function shortUnit(unit: string): string {
  return unit.replace(/\.service$/, '');
}

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
