import { z } from 'zod';
import type { ImageConfig } from './lab-config.ts';

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
/** Grammar of distribution/reference: a name, then a tag or a digest (never both: containers/image refuses that). */
const namePattern = new RegExp(`^(${part}(?:/${part})*)(:\\w[\\w.-]{0,127}|@sha256:[0-9a-f]{64})?$`);

const source = z.enum(['embedded', 'upstream'], 'must be "embedded" or "upstream"');
const nameRule = 'must be the name of an image there, like "couchbase:community-4.0.0" or "couchbase@sha256:…"';
const image = z.string(nameRule).superRefine((text, context) => {
  const problem = nameProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});
const oneImage = z.strictObject({ source: source.optional(), image: image.optional() });

/** `[images]` of lab.toml, with a table below it for each image that others make. */
export const imagesSection = z.strictObject({
  source: source.prefault('embedded'),
  remoteurl: z
    .string('must be the address of a registry in quotes')
    .superRefine((text, context) => {
      const problem = remoteUrlProblem(text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .prefault(''),
  suite: z
    .enum(['bookworm'], 'must be "bookworm", the only Debian suite the OS image is tested with')
    .prefault('bookworm'),
  couchbase: oneImage.prefault({}),
  memcached: oneImage.prefault({}),
  node: oneImage.pick({ source: true }).prefault({}),
});

/** The keys of its tables. */
export const imageTables: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  (['couchbase', 'memcached', 'node'] as const).map((name) => [
    `images.${name}`,
    name === 'node' ? ['source'] : ['source', 'image'],
  ]),
);

type ImagesSection = z.output<typeof imagesSection>;

/** What the book calls them; `node` has every tag. */
const bookNames = { couchbase: 'couchbase:community-4.0.0', memcached: 'memcached:1', node: 'node' } as const;

/** Where the lab's images come from, by a section that was checked. Pure. */
export function imageConfig(section: ImagesSection): ImageConfig {
  const { suite, remoteurl } = section;
  const upstream = Object.fromEntries(
    upstreamOnes(section).map((name) => [name, wholeName(named(section, name) ?? bookNames[name])]),
  );
  return { suite, ...(remoteurl === '' ? {} : { remoteUrl: new URL(remoteurl).origin }), upstream };
}

/** The images that are fetched, and from where; undefined: all are built here. Pure. */
export function upstreamOf({ remoteUrl, upstream }: ImageConfig) {
  return remoteUrl === undefined ? undefined : { remoteUrl, images: upstream };
}

/** What `[images]` says, in a few words: `embedded`, `upstream`, or of which images one of both. Pure. */
export function sourceText({ upstream }: ImageConfig): string {
  const names = Object.entries(upstream);
  if (names.length === 0) return 'embedded';
  const asBook = names.every(([name, image]) => image === wholeName(bookNames[name as UpstreamName]));
  if (asBook && names.length === Object.keys(bookNames).length) return 'upstream';
  return `upstream for ${names.map(([name, image]) => (name === 'node' ? name : `${name} (${image})`)).join(', ')}`;
}

/** The key that asks for images from upstream where `remoteurl` names none. Pure. */
export function lacksRemote(section: ImagesSection): readonly string[] | undefined {
  const [first] = upstreamOnes(section);
  if (section.remoteurl !== '' || first === undefined) return undefined;
  return section[first].source === undefined ? ['images', 'source'] : ['images', first, 'source'];
}

/** Names for an image that is built here: they would be passed over. Pure. */
export function unusedName(section: ImagesSection): readonly string[] | undefined {
  const unused = (['couchbase', 'memcached'] as const).find(
    (name) => section[name].image !== undefined && !upstreamOnes(section).includes(name),
  );
  return unused === undefined ? undefined : ['images', unused, 'image'];
}

type UpstreamName = keyof typeof bookNames;

function upstreamOnes(section: ImagesSection): UpstreamName[] {
  const names = Object.keys(bookNames) as UpstreamName[];
  return names.filter((name) => (section[name].source ?? section.source) === 'upstream');
}

function named(section: ImagesSection, name: UpstreamName): string | undefined {
  return name === 'node' ? undefined : section[name].image;
}

/** Docker's short names: one part is of `library`, no tag is latest. */
function wholeName(name: string): string {
  const whole = name.includes('/') ? name : `library/${name}`;
  return /[:@]/.test(whole) || whole === 'library/node' ? whole : `${whole}:latest`;
}

function nameProblem(text: string): string | undefined {
  const first = text.split('/')[0] ?? '';
  if (text.includes('/') && (/[.:]/.test(first) || first === 'localhost'))
    return `${nameRule}; ${first} is a registry's, which remoteurl names`;
  if (/:.*@/.test(text)) return `${nameRule}; a tag and a digest together are not read by buildah: leave the tag out`;
  return namePattern.test(text) ? undefined : nameRule;
}

/** Why a text cannot be the address of a registry. Pure. */
function remoteUrlProblem(text: string): string | undefined {
  if (text === '') return undefined;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return `must begin with https:// (or http://), like "https://${hostOf(text)}"`;
  if (scheme !== 'http' && scheme !== 'https') return `must begin with https:// or http://, not ${scheme}://`;
  const url = /\s/.test(text) || !URL.canParse(text) ? undefined : new URL(text);
  if (url === undefined) return `must be an address like "${scheme}://HOST:PORT"`;
  if (url.username !== '' || url.password !== '')
    return 'must have no user and no password in it: docker login keeps them in a file of yours, which the lab reads';
  if (url.hostname.startsWith('[')) return 'must have a name or an IPv4 address: buildah reads no IPv6 address there';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || /[?#]$/.test(text))
    return `must be a registry without anything behind it: "${url.origin}"; an image's name there is image in its own table`;
  return undefined;
}

function hostOf(text: string): string {
  return /^[\w.-]+(?::\d+)?(?=\/|$)/.exec(text)?.[0] ?? 'HOST:PORT';
}
