import { type Document, ObjectId } from 'bson';
import { createProject, mappingYaml, type TestProject } from './bson-dump.ts';

/** A database `shop` with references, child tables, unique values and documents that do not fit. */
export const libraryTables = ['authors', 'books', 'book_tags'] as const;

const files: Readonly<Record<string, string>> = {
  'mappings/authors.yaml': mappingYaml({
    collection: 'authors',
    columns: ['id: { from: _id, type: integer }', 'name: { from: name, type: text, unique: true }'],
    more: ['rest: extra'],
  }),
  'mappings/books.yaml': mappingYaml({
    collection: 'books',
    columns: [
      'id: { from: _id, convert: hex, type: text }',
      'author_id: { from: author, type: integer, references: authors.id }',
      'pages: { from: pages, type: integer }',
    ],
    more: ['rest: extra'],
    children: {
      book_tags: {
        key: ['book_id', 'position'],
        columns: [
          'book_id: { from: ^id }',
          'position: { from: $index, type: integer }',
          'tag: { from: $item, type: text }',
        ],
        more: ['each: tags'],
      },
    },
  }),
};

export const bookId = (index: number): ObjectId => new ObjectId(index.toString(16).padStart(24, '0'));

export const author = (id: number, more: Document = {}): Document => ({
  _id: id,
  name: `author ${id}`,
  changed: new Date(1_700_000_000_000 + id * 1000),
  ...more,
});

export const book = (index: number, more: Document = {}): Document => ({
  _id: bookId(index),
  author: index % 20,
  pages: index,
  tags: [`a${index}`, 'b'],
  changed: new Date(1_700_000_000_000 + index * 1000),
  ...more,
});

export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

export const libraryProject = (
  authors: readonly Document[],
  books: readonly Document[],
  more: Readonly<Record<string, string>> = {},
): TestProject => createProject({ ...files, ...more }, { authors, books });
