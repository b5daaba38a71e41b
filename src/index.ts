/** What a project's own transforms import from `docrow`. */
export type { BsonJsValue } from './bson/bson-js-value.ts';
export type { DocumentReader } from './bson/document-reader.ts';
export type { Transform, TransformFile } from './mapping/transform.ts';
