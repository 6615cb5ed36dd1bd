import { CORE_SCHEMA, defineScalarTag, mergeTag, NOT_RESOLVED } from 'js-yaml';
import { makeBooleanTag } from './boolean-tag.js';

/*
 * Scalars as kubectl reads them (https://github.com/kubernetes-sigs/yaml, which is a mixture of YAML 1.1 and 1.2): `0644`
 * and `0o644` are 420, `yes` and `y` are true, `1e3` is a number, and `12:30:45` and dates are texts.
 */

const BOOLEAN = /^(?:(?<yes>y|yes|true|on)|n|no|false|off)$/i;
const INTEGER =
  /^(?<sign>[-+]?)(?:0b(?<binary>[01_]+)|0x(?<hex>[\da-f_]+)|0o?(?<octal>[0-7_]+)|(?<decimal>\d[\d_]*))$/i;

const integerTag = defineScalarTag<number>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'-+0123456789'],
  resolve: (source) => {
    const { sign, binary, hex, octal, decimal } = INTEGER.exec(source)?.groups ?? {};
    const read = (digits: string | undefined, radix: number) =>
      digits === undefined ? undefined : Number.parseInt(digits.replaceAll('_', ''), radix);
    const value = read(binary, 2) ?? read(hex, 16) ?? read(octal, 8) ?? read(decimal, 10);
    if (value === undefined || Number.isNaN(value)) return NOT_RESOLVED;
    return sign === '-' ? 0 - value : value;
  },
  identify: (value) => Number.isInteger(value),
});

export const YAML_KUBERNETES = CORE_SCHEMA.withTags(mergeTag, makeBooleanTag(BOOLEAN), integerTag);
