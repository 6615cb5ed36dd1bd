import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';

/**
 * What a reader of YAML 1.1 makes of a plain scalar that a reader of YAML 1.2 takes for a string, or for another number.
 * @see https://yaml.org/type/ bool, int, float, timestamp, value, merge
 */
const SURPRISES: readonly (readonly [what: string, form: RegExp])[] = [
  ['a boolean', /^(?:y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/],
  ['a number of base 60', /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/],
  ['a number of base 8', /^[-+]?0[0-7_]+$/],
  ['a number of base 2', /^[-+]?0b[01_]+$/],
  ['a number', /^[-+]?(?=.*_)(?:0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?)$/],
  ['a date', /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]|$)/],
  ['nothing', /^~$/],
  ['the default value', /^=$/],
  ['a merge', /^<<$/],
];

/** The plain scalars of a text, keys and values, that are something else in YAML 1.1, each with what it is there. */
export function findSurprises(text: string): readonly string[] {
  return [...parseEvents(text, {})].flatMap((event) => {
    if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) return [];
    const value = getScalarValue(text, event);
    const surprise = SURPRISES.find(([, form]) => form.test(value));
    return surprise === undefined ? [] : [`${value}: ${surprise[0]}`];
  });
}
