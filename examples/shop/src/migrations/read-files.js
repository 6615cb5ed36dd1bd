import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { MigrationError } from './migration-error.js';

const fileName = /^(\d{3})_[a-z0-9_]+\.sql$/;

/**
 * The migrations in a folder, in order of their number: `{ name, number, sql, checksum }`.
 * @throws {MigrationError} for a .sql file whose name has no number to sort by
 */
export async function readMigrationFiles(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const misnamed = names.filter((name) => !fileName.test(name));
  if (misnamed.length > 0) {
    throw new MigrationError(
      misnamed.map((name) => `${name}: expected a name such as 004_add_discounts.sql (three digits, lower case)`),
    );
  }
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, number: numberOf(name), sql, checksum: checksumOf(sql) };
    }),
  );
}

export function numberOf(name) {
  return Number.parseInt(name, 10);
}

/** SHA-256 in hex. Line ends do not count: git may change them between machines. */
export function checksumOf(sql) {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
}
