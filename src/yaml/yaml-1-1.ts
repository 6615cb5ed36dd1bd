import { CORE_SCHEMA, defineScalarTag, floatYaml11Tag, intYaml11Tag, mergeTag, NOT_RESOLVED } from 'js-yaml';

/** https://yaml.org/type/bool.html without `y` and `n`, which CircleCI's parser (SnakeYAML) leaves as text. */
const BOOLEAN = /^(?:(?<yes>yes|true|on)|no|false|off)$/i;
const CASES = /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/;

const booleanTag = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source) => {
    const found = CASES.test(source) ? BOOLEAN.exec(source) : null;
    return found === null ? NOT_RESOLVED : found.groups?.['yes'] !== undefined;
  },
  identify: (value) => typeof value === 'boolean',
});

/** Scalars as CircleCI reads them, but for dates, which stay text: nothing in a config is a date. */
export const YAML_1_1 = CORE_SCHEMA.withTags(mergeTag, booleanTag, intYaml11Tag, floatYaml11Tag);
