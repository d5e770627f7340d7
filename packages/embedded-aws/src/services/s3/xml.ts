import type { ServiceResponse } from '../service.ts';

export type XmlElement = { readonly name: string; readonly text: string; readonly children: readonly XmlElement[] };

/** Escapes text for an element. */
export function escapeXml(text: string): string {
  const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
  return text.replace(/[&<>"\r]/g, (character) => named[character] ?? character);
}

/** One element with text; '' if the text is undefined. */
export function element(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? '' : `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** A document in S3's namespace around XML elements. */
export function xmlDocument(root: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${root}>`;
}

/** A 200 with an XML body. */
export function xmlAnswer(body: string, headers: Readonly<Record<string, string>> = {}): ServiceResponse {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}

/** Parses the plain XML that S3 clients send: elements and text. Returns the root, or `undefined` if it is not well-formed. */
export function parseXml(source: string): XmlElement | undefined {
  type Open = { readonly name: string; text: string; readonly children: XmlElement[] };
  const stack: Open[] = [{ name: '', text: '', children: [] }];
  let end = 0;
  for (const match of source.matchAll(/<([/?!]?)([\w:.-]*)([^>]*?)(\/?)>|([^<]+)/g)) {
    if (match.index !== end) return undefined;
    end += match[0].length;
    const [, kind, name = '', , selfClosing, text] = match;
    const top = stack.at(-1);
    if (top === undefined) return undefined;
    if (text !== undefined) top.text += unescapeXml(text);
    else if (kind === '' && selfClosing === '/') top.children.push({ name, text: '', children: [] });
    else if (kind === '') stack.push({ name, text: '', children: [] });
    else if (kind === '/') {
      stack.pop();
      if (top.name !== name) return undefined;
      stack.at(-1)?.children.push(top);
    }
  }
  return stack.length === 1 && end === source.length ? stack[0]?.children[0] : undefined;
}

/** The first child of a name. */
function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((child) => child.name === name);
}

/** The text of the first child of a name. */
export function textOf(parent: XmlElement | undefined, name: string): string | undefined {
  return childOf(parent, name)?.text;
}

function unescapeXml(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal === undefined ? (named[name ?? ''] ?? whole) : String.fromCodePoint(Number(decimal));
  });
}
