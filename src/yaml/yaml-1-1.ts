import { CORE_SCHEMA, floatYaml11Tag, intYaml11Tag, mergeTag } from 'js-yaml';
import { makeBooleanTag } from './boolean-tag.js';

/** https://yaml.org/type/bool.html without `y` and `n`, which CircleCI's parser (SnakeYAML) leaves as text. */
const BOOLEAN = /^(?:(?<yes>yes|true|on)|no|false|off)$/i;

/** Scalars as CircleCI reads them, but for dates, which stay text: nothing in a config is a date. */
export const YAML_1_1 = CORE_SCHEMA.withTags(mergeTag, makeBooleanTag(BOOLEAN), intYaml11Tag, floatYaml11Tag);
