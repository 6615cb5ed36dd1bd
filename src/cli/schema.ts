import type { Io } from '../io/io.js';
import { schema } from '../spec/schema.js';

/** `gen-config schema`. */
export function printSchema(io: Io): number {
  io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return 0;
}
