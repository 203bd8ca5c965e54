import type { Problem } from './problem.ts';
import type { IgnitionSection, Resource } from './types.ts';

type Path = readonly (string | number)[];

const schemes = ['http', 'https', 'tftp', 's3', 'gs', 'data'];
const digits: Readonly<Record<string, number>> = { sha512: 128, sha256: 64 };

/** Problems of one resource: source, headers, hash. `required` says whether it means nothing without a source. */
export function checkResource(resource: Resource, path: Path, required: 'required' | 'optional'): readonly Problem[] {
  const { source, verification, httpHeaders = [], compression } = resource;
  // Ignition takes an empty one for an empty file.
  if (source === '' && required === 'optional') return checkHash(verification?.hash, [...path, 'verification', 'hash']);
  if (source === undefined || source === '') {
    const idle = required === 'optional' && !verification && !compression && httpHeaders.length === 0 && source !== '';
    const next = 'Give source, for example dataUrl("text") or an http URL.';
    return idle ? [] : [{ code: 'ignition.source', path: [...path, 'source'], message: 'source is missing', next }];
  }
  return [
    ...checkSource(source, [...path, 'source']),
    ...checkHash(verification?.hash, [...path, 'verification', 'hash']),
    ...checkHeaders(httpHeaders, source, [...path, 'httpHeaders']),
  ];
}

function checkSource(source: string, path: Path): readonly Problem[] {
  const bad = (message: string, next: string): Problem[] => [{ code: 'ignition.source', path, message, next }];
  const scheme = /^([a-z0-9]+):/i.exec(source)?.[1]?.toLowerCase();
  if (scheme === 'arn')
    return bad(
      'source is an ARN, which only spec 3.4.0 knows, and a lab machine reads 3.3.0',
      'Put the text into a data: URL.',
    );
  if (scheme === undefined || !schemes.includes(scheme)) {
    const given = `source ${JSON.stringify(source.slice(0, 40))} has no scheme that Ignition knows`;
    return bad(given, `Use one of ${schemes.join(', ')}; text goes into a data: URL by dataUrl(text).`);
  }
  if (!/^[\x21-\x7e]+$/.test(source) || /%(?![0-9a-f]{2})/i.test(source)) {
    return bad('source is not percent-encoded', 'Use dataUrl(text), or encodeURIComponent on its parts.');
  }
  if (scheme === 'data')
    return isDataUrl(source) ? [] : bad('source is no valid data: URL', 'Make it with dataUrl(text).');
  const host = /^[a-z0-9]+:\/\/([^/?#]+)/i.exec(source)?.[1];
  if (host === undefined || !URL.canParse(source)) return bad('source has no valid host', 'Write scheme://host/path.');
  return [];
}

/** RFC 2397, with the characters that Ignition's reader takes in the data part. */
function isDataUrl(source: string): boolean {
  const parts = /^data:((?:[\w!#$&^.+-]+\/[\w!#$&^.+-]+)?(?:;[\w-]+=[^;,"]+)*)(;base64)?,(.*)$/s.exec(source);
  if (!parts) return false;
  const [, , base64, data = ''] = parts;
  if (base64 === undefined) return /^(?:[\w!$&'()*+,./:;=?@~-]|%[0-9a-f]{2})*$/i.test(data);
  return /^[A-Za-z0-9+/]*={0,2}$/.test(data) && data.length % 4 === 0;
}

function checkHash(hash: string | undefined, path: Path): readonly Problem[] {
  if (hash === undefined) return [];
  const [name = '', hex = ''] = hash.split(/-(.*)/s);
  if (digits[name] === hex.length && /^[0-9a-f]+$/i.test(hex)) return [];
  const message = `hash ${JSON.stringify(hash.slice(0, 24))} is neither sha512- and 128 nor sha256- and 64 hex digits`;
  return [{ code: 'ignition.hash', path, message, next: 'Take it from `sha512sum FILE`, written sha512-DIGITS.' }];
}

function checkHeaders(headers: NonNullable<Resource['httpHeaders']>, source: string, path: Path): readonly Problem[] {
  const fits = /^https?:/i.test(source);
  const problem = (i: number, message: string, next: string): Problem => ({
    code: 'ignition.source',
    path: [...path, i, 'name'],
    message,
    next,
  });
  const wrong = headers.flatMap(({ name }, i) => {
    if (!fits) return [problem(i, 'HTTP headers need an http or https source', 'Remove httpHeaders.')];
    return /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? [] : [problem(i, 'HTTP header name is not valid', 'Correct the name.')];
  });
  return [...wrong, ...repeated(headers, (header) => header.name, path, 'name')];
}

/** `ignition.proxy`: URLs by HTTP or HTTPS, and hosts that are asked without (spec 3.3). Pure. */
export function checkProxy(proxy: IgnitionSection['proxy']): readonly Problem[] {
  const at: Path = ['ignition', 'proxy'];
  const bad = (key: string, message: string, next: string): Problem[] => [
    { code: 'ignition.source', path: [...at, key], message, next },
  ];
  const { httpProxy, httpsProxy, noProxy = [] } = proxy ?? {};
  const isProxy = (url: string): boolean => /^https?:\/\/[^/]/.test(url) && URL.canParse(url);
  return [
    ...(httpProxy === undefined || isProxy(httpProxy) ? [] : bad('httpProxy', 'is no http(s) URL', 'Correct it.')),
    ...(httpsProxy === undefined || (isProxy(httpsProxy) && httpsProxy.startsWith('https:'))
      ? []
      : bad('httpsProxy', 'is no https URL; a plain one would show what https hides', 'Use an https proxy.')),
    ...repeated(noProxy, (host) => host, [...at, 'noProxy'], ''),
  ];
}

/** A problem for every entry whose key was used before in its list. `field` is the last part of the path, '' for none. */
export function repeated<T>(
  list: readonly T[],
  key: (item: T) => string | undefined,
  path: Path,
  field: string,
): Problem[] {
  const first = new Map<string, number>();
  return list.flatMap((item, i) => {
    const name = key(item);
    if (name === undefined) return [];
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, i);
      return [];
    }
    const message = `${JSON.stringify(name.slice(0, 80))} stands twice, first at ${['$', ...path, earlier].join('.')}`;
    const next = 'Remove one of the two.';
    return [{ code: 'ignition.duplicate', path: [...path, i, ...(field === '' ? [] : [field])], message, next }];
  });
}
