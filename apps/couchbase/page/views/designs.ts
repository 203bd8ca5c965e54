import type { DesignList, DesignSource, ViewSource } from '../rest/shapes.ts';

/** A design document: in development, or in production. */
export interface Design {
  /** As the REST API knows it, with `dev_`. */
  readonly name: string;
  /** Without. */
  readonly title: string;
  readonly isDevelopment: boolean;
  readonly source: DesignSource;
}

const developmentPrefix = 'dev_';

/** By title, those in development first. */
export function designsOf({ rows }: DesignList): readonly Design[] {
  return rows
    .map(({ doc }) => designOf(doc.meta.id.replace(/^_design\//u, ''), doc.json))
    .toSorted((a, b) => Number(b.isDevelopment) - Number(a.isDevelopment) || a.title.localeCompare(b.title));
}

function designOf(name: string, source: DesignSource): Design {
  const isDevelopment = name.startsWith(developmentPrefix);
  return { name, title: isDevelopment ? name.slice(developmentPrefix.length) : name, isDevelopment, source };
}

/** The name under which a title is developed. */
export function developmentName(title: string): string {
  return `${developmentPrefix}${title}`;
}

/** Its views with their names, in the order of the design document. Pure. */
export function viewsOf({ source }: Design): readonly (readonly [name: string, view: ViewSource])[] {
  return Object.entries(source.views ?? {});
}

/** The design document with one view put in, or changed. */
export function withView(source: DesignSource | undefined, name: string, view: ViewSource): DesignSource {
  return { ...source, views: { ...source?.views, [name]: view } };
}

/** The design document without one view. */
export function withoutView(source: DesignSource, name: string): DesignSource {
  const views = Object.entries(source.views ?? {}).filter(([other]) => other !== name);
  return { ...source, views: Object.fromEntries(views) };
}
