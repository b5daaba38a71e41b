/**
 * SQL of what `docrow.document_key` is indexed by besides the collection: the beginning of an `_id`, since a key of an
 * index may have 2,704 bytes and an `_id` any number of them.
 * @param id SQL of the `_id`
 */
export const documentKeyPrefix = (id: string): string => `pg_catalog.substr(${id}, 1, 1000)`;
