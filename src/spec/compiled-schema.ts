import { Ajv, type ValidateFunction } from 'ajv';
import { schema } from './schema.js';

/**
 * The schema as a function. The bundle replaces this module by the code that ajv generates (scripts/bundle.mjs), so that
 * the program neither loads ajv nor compiles the schema when it starts; a test holds both to the same answers.
 */
export const validateSchema: ValidateFunction = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  messages: false,
}).compile(schema);
