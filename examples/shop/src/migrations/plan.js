import { MigrationError } from './migration-error.js';
import { numberOf } from './read-files.js';

/**
 * What is left to do, without touching anything.
 *
 * @param files what this release brings, sorted: `{ name, number, checksum }`
 * @param applied rows of schema_migrations: `{ name, checksum }`
 * @returns `pending`, the files to apply in this order, and `ahead`, the names of applied migrations that are newer
 *   than this release: that is how a database looks to the release before, after a roll back, and it is fine.
 * @throws {MigrationError} with every reason why applying anything would be a guess
 */
export function planMigrations(files, applied) {
  const known = new Map(files.map((file) => [file.name, file]));
  const done = new Set(applied.map((row) => row.name));
  const newest = files.at(-1)?.number ?? 0;
  const unknown = applied.filter((row) => !known.has(row.name)).map((row) => row.name);
  const lastApplied = Math.max(0, ...files.filter((file) => done.has(file.name)).map((file) => file.number));
  const pending = files.filter((file) => !done.has(file.name));

  const problems = [
    ...findNumberProblems(files),
    ...applied
      .filter((row) => known.has(row.name) && known.get(row.name).checksum !== row.checksum)
      .map((row) => `${row.name} was changed after it had been applied. Put it back and write a new migration.`),
    ...unknown
      .filter((name) => numberOf(name) <= newest)
      .map((name) => `${name} is applied in this database, but this release has no such file.`),
    ...pending
      .filter((file) => file.number < lastApplied)
      .map((file) => `${file.name} is not applied, but a later one is. Give it a number after the last.`),
  ];
  if (problems.length > 0) throw new MigrationError(problems);
  return { pending, ahead: unknown };
}

function findNumberProblems(files) {
  return files.flatMap((file, index) => {
    const before = files[index - 1];
    const expected = (before?.number ?? 0) + 1;
    if (file.number === expected) return [];
    if (file.number === before?.number) return [`${file.name} has the same number as ${before.name}.`];
    return [`${file.name}: expected number ${String(expected).padStart(3, '0')} here, a migration is missing.`];
  });
}
