import { CORE_SCHEMA, defineScalarTag, floatYaml11Tag, intYaml11Tag, mergeTag, NOT_RESOLVED } from 'js-yaml';

/** The booleans of YAML 1.1 as SnakeYAML reads them: without `y` and `n`. */
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;

const boolTag = defineScalarTag('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'yYtToOnNfF'],
  identify: (value) => typeof value === 'boolean',
  resolve: (source) => (TRUE.test(source) ? true : FALSE.test(source) ? false : NOT_RESOLVED),
});

/**
 * How CircleCI reads a config: by YAML 1.1, in which `on` and `yes` are true, `017` is 15 and `12:30` is 750. Dates stay
 * as they are written.
 */
export const YAML_1_1 = CORE_SCHEMA.withTags(boolTag, intYaml11Tag, floatYaml11Tag, mergeTag);
