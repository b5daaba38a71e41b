import type { BsonTree, ScalarTree } from './bson-tree.ts';

/** A value as canonical Extended JSON, for a person to see. Microseconds of a date appear as decimals. */
export function treeText(tree: BsonTree): string {
  switch (tree.type) {
    case 'document':
      return `{${tree.fields.map(([key, value]) => `${JSON.stringify(key)}:${treeText(value)}`).join()}}`;
    case 'array':
      return `[${tree.items.map(treeText).join()}]`;
    case 'codeWithScope':
      return `{"$code":${JSON.stringify(tree.code)},"$scope":${treeText(tree.scope)}}`;
    default:
      return scalarText(tree);
  }
}

function scalarText({ type, text, subtype = 0, more = '' }: ScalarTree): string {
  const quoted = JSON.stringify(text);
  switch (type) {
    case 'string':
      return quoted;
    case 'boolean':
      return text;
    case 'null':
      return 'null';
    case 'int32':
      return `{"$numberInt":${quoted}}`;
    case 'int64':
      return `{"$numberLong":${quoted}}`;
    case 'double':
      return `{"$numberDouble":"${/^-?\d+$/.test(text) ? `${text}.0` : text}"}`;
    case 'decimal128':
      return `{"$numberDecimal":${quoted}}`;
    case 'date':
      return `{"$date":{"$numberLong":"${millisecondsText(BigInt(text))}"}}`;
    case 'objectId':
      return `{"$oid":${quoted}}`;
    case 'binary': {
      const base64 = Buffer.from(text, 'hex').toString('base64');
      return `{"$binary":{"base64":"${base64}","subType":"${subtype.toString(16).padStart(2, '0')}"}}`;
    }
    case 'timestamp':
      return `{"$timestamp":{"t":${text},"i":${more}}}`;
    case 'regex':
      return `{"$regularExpression":{"pattern":${quoted},"options":${JSON.stringify(more)}}}`;
    case 'dbPointer':
      return `{"$dbPointer":{"$ref":${JSON.stringify(more)},"$id":{"$oid":${quoted}}}}`;
    case 'code':
    case 'symbol':
      return `{"$${type}":${quoted}}`;
    case 'undefined':
      return '{"$undefined":true}';
    case 'minKey':
    case 'maxKey':
      return `{"$${type}":1}`;
    case 'unreadable':
      return text;
  }
}

function millisecondsText(micros: bigint): string {
  const milliseconds = micros / 1000n;
  const fraction = micros % 1000n;
  if (fraction === 0n) return String(milliseconds);
  const digits = String(fraction < 0n ? -fraction : fraction).padStart(3, '0');
  const sign = micros < 0n ? '-' : '';
  return `${sign}${milliseconds < 0n ? -milliseconds : milliseconds}.${digits}`;
}
