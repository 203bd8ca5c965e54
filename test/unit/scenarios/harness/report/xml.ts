/** An element of a parsed document; `text` is that of the whole subtree. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
/** Their content is not markup, as in HTML. */
const rawText = new Set(['style', 'script']);

/** A strict parser of what the report writes: throws at the first thing that is not well-formed. */
export function parseXml(document: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open: XmlElement[] = [root];
  const tokens = /<!DOCTYPE html>|<\?xml[^?]*\?>|<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  for (let at = 0; at < document.length; at = tokens.lastIndex) {
    tokens.lastIndex = at;
    const match = tokens.exec(document);
    const near = document.slice(at, at + 80);
    if (match === null) throw new Error(`not well-formed at ${at}: ${near}`);
    const [, closing, name, attributes = '', selfClosing, text] = match;
    const parent = open.at(-1) ?? root;
    if (text !== undefined) for (const element of open) element.text += decode(text);
    if (name === undefined) continue;
    if (closing === '/') {
      if (parent.name !== name) throw new Error(`</${name}> closes <${parent.name}> at ${at}: ${near}`);
      open.pop();
      continue;
    }
    const element: XmlElement = { name, attributes: attributesOf(attributes), children: [], text: '' };
    parent.children.push(element);
    if (selfClosing === '/') continue;
    if (rawText.has(name)) tokens.lastIndex = document.indexOf(`</${name}>`, tokens.lastIndex) + `</${name}>`.length;
    else open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name ?? ''}> is never closed`);
  return root;
}

/** The element and all below it. */
export function all(element: XmlElement, name?: string): XmlElement[] {
  const below = element.children.flatMap((child) => all(child, name));
  return name === undefined || element.name === name ? [element, ...below] : below;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (name in found) throw new Error(`${name} twice in ${text}`);
    found[name] = decode(value);
  }
  return found;
}

function decode(text: string): string {
  return text.replace(/&([^;]*;?)/g, (whole, name: string) => {
    const value = entities[name.replace(/;$/, '')];
    if (value === undefined || !name.endsWith(';')) throw new Error(`no entity: ${whole}`);
    return value;
  });
}
