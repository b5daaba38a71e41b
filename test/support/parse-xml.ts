export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and texts, in order. */
  readonly children: readonly (XmlElement | string)[];
}

const nameForm = '[A-Za-z_][\\w.-]*';
const token = new RegExp(
  `<(/)?(${nameForm})((?:\\s+${nameForm}="[^"<]*")*)\\s*(/)?>|([^<]+)|(<\\?xml version="1\\.0" encoding="UTF-8"\\?>)`,
  'gy',
);
// Everything that XML 1.0 allows in a document.
const allowed = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/** Reads the XML that JUnit reports are made of: elements, attributes, texts and references. Anything else is refused. */
export function parseXml(xml: string): XmlElement {
  if (!allowed.test(xml)) throw new Error('A character that XML does not have');
  const top: XmlElement & { children: (XmlElement | string)[] } = { name: '', attributes: {}, children: [] };
  const open = [top];
  let end = 0;
  for (const match of xml.matchAll(token)) {
    if (match.index !== end) throw new Error(`No XML at ${end}: ${xml.slice(end, end + 40)}`);
    end += match[0].length;
    const [, closes, name = '', attributes = '', isEmpty, text] = match;
    const parent = open.at(-1)!;
    if (text !== undefined) parent.children.push(resolveReferences(text));
    else if (closes !== undefined) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element`);
    } else if (name !== '') {
      const element = { name, attributes: readAttributes(attributes), children: [] };
      parent.children.push(element);
      if (isEmpty === undefined) open.push(element);
    }
  }
  if (end !== xml.length) throw new Error(`No XML at ${end}: ${xml.slice(end, end + 40)}`);
  const elements = top.children.filter((child) => typeof child !== 'string');
  if (open.length !== 1 || elements.length !== 1) throw new Error('Not one element that is closed');
  return elements[0]!;
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w.-]+)="([^"]*)"/g)) {
    if (Object.hasOwn(attributes, name)) throw new Error(`The attribute ${name} stands twice`);
    attributes[name] = resolveReferences(value);
  }
  return attributes;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolveReferences(text: string): string {
  return text.replace(
    /&(?:#(\d+);|([a-z]+);)?/g,
    (whole, code: string | undefined, name: string | undefined) => {
      const character = code === undefined ? named[name ?? ''] : String.fromCodePoint(Number(code));
      if (character === undefined) throw new Error(`No reference: ${whole}`);
      return character;
    },
  );
}

/** All elements of a name inside another, in order. */
export const elementsOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.flatMap((child) =>
    typeof child === 'string' ? [] : [...(child.name === name ? [child] : []), ...elementsOf(child, name)],
  );

export const textOf = (element: XmlElement): string =>
  element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
