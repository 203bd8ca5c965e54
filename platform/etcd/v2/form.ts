/** The fields of a request: those of the body first, then those of the query, as Go's net/http has them for etcd. */
export type Form = ReadonlyMap<string, readonly string[]>;

/** Either the form, or what is wrong with it in the words of Go's standard library, which etcd passes on. */
export type ParsedForm = { readonly form: Form } | { readonly problem: string };

/**
 * @param query what follows `?` in the URL, still escaped
 * @param body undefined for a method whose body is not read
 * @param contentType of the body; another than a form's leaves the body unread
 */
export function parseForm(query: string, body: Buffer | undefined, contentType: string | undefined): ParsedForm {
  const fields = new Map<string, string[]>();
  const problems: string[] = [];
  if (body !== undefined && contentType !== undefined) {
    const media = mediaType(contentType);
    if (media.problem !== undefined) problems.push(media.problem);
    else if (media.type === 'application/x-www-form-urlencoded') addPairs(fields, body.toString('latin1'), problems);
  }
  addPairs(fields, query, problems);
  const [problem] = problems;
  return problem === undefined ? { form: fields } : { problem };
}

function addPairs(fields: Map<string, string[]>, text: string, problems: string[]): void {
  for (const part of text.split('&')) {
    if (part === '') continue;
    if (part.includes(';')) {
      problems.push('invalid semicolon separator in query');
      continue;
    }
    const at = part.indexOf('=');
    const name = unescape(at === -1 ? part : part.slice(0, at));
    const value = unescape(at === -1 ? '' : part.slice(at + 1));
    const bad = 'bad' in name ? name.bad : 'bad' in value ? value.bad : undefined;
    if (bad !== undefined) problems.push(`invalid URL escape ${JSON.stringify(bad)}`);
    if ('bad' in name || 'bad' in value) continue;
    const values = fields.get(name.text);
    if (values) values.push(value.text);
    else fields.set(name.text, [value.text]);
  }
}

type Unescaped = { readonly text: string } | { readonly bad: string };

/** @param text one character a byte; `+` is a space */
function unescape(text: string): Unescaped {
  return percentDecoded(text.replaceAll('+', ' '));
}

/** @param text one character a byte */
export function percentDecoded(text: string): Unescaped {
  if (!text.includes('%')) return { text: Buffer.from(text, 'latin1').toString('utf8') };
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text);
  return wrong ? { bad: wrong[0] } : { text: Buffer.from(bytesOf(text), 'latin1').toString('utf8') };
}

/** @param text of which every `%` begins an escape @returns one character a byte */
export function bytesOf(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** A path as Go's net/url writes it. @param bytes one character a byte */
export function goPath(bytes: string): string {
  return bytes.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** `; name=value` and `; name="value"`, any number of them (RFC 2045, 5.1). */
const mediaParameters = /^(?:\s*;\s*[^\s"(),/:;<=>?@[\\\]]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s"(),/:;<=>?@[\\\]]+))*/;

/** Go's mime.ParseMediaType, as far as a client can be told of its complaints. */
function mediaType(header: string): { type: string; problem?: string } {
  const type = (header.split(';')[0] ?? '').trim().toLowerCase();
  const parts = /^([^\s/]*)(\/([^\s/]*))?(.*)$/s.exec(type);
  const [, main = '', slash, sub = '', rest = ''] = parts ?? [];
  if (main === '') return { type, problem: 'mime: no media type' };
  if (slash === undefined && rest !== '') return { type, problem: 'mime: expected slash after first token' };
  if (slash !== undefined && sub === '') return { type, problem: 'mime: expected token after slash' };
  if (rest !== '') return { type, problem: 'mime: unexpected content after media subtype' };
  // A semicolon at the end is passed over, two are not.
  const given = header.slice(header.indexOf(';')).replace(mediaParameters, '').trim();
  const isWhole = !header.includes(';') || given === '' || given === ';';
  return isWhole ? { type } : { type, problem: 'mime: invalid media parameter' };
}
