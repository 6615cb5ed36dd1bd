import { quote } from '../../../../diagnostic/quote.js';
import { isMapping } from '../../../../yaml/mapping.js';
import type { Path, Yaml } from '../../../../yaml/parse.js';
import { SECTIONS } from '../../shape/config.js';
import type { ReportFinding, Rule } from '../rule.js';

export const yamlSurprise: Rule = {
  name: 'yaml-surprise',
  group: 'meaning',
  weight: 'warning',
  summary: 'A value that CircleCI reads as something other than what it looks like.',
  why: 'CircleCI reads YAML 1.1: "yes" and "on" are booleans, 017 is 15, 12:30 is 750, 1_000 is 1000, and 1.20 is the number 1.2. A variable or a version gets that value, and no error says so.',
  source: 'https://yaml.org/type/',
  check: ({ config, yaml }, report) => {
    const visit = (value: unknown, path: Path): void => {
      if (typeof value === 'string') visitText(value, path, yaml, report);
      else if (typeof value === 'boolean' || typeof value === 'number') visitScalar(value, path, yaml, report);
      else if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index]);
      else if (isMapping(value)) for (const [key, member] of Object.entries(value)) visit(member, [...path, key]);
    };
    for (const section of SECTIONS) if (section !== 'version') visit(config[section], [section]);
  },
};

function visitScalar(value: boolean | number, path: Path, yaml: Yaml, report: ReportFinding): void {
  const text = yaml.plainText(path);
  if (text === undefined || text === String(value)) return;
  if (typeof value === 'boolean') {
    // Where true or false is expected, yes and no are as good.
    if (!/^(?:yes|no|on|off)$/i.test(text) || !isText(path)) return;
  } else if (/^[-+]?\d*\.\d*0+$/.test(text) && !isText(path)) return;
  const message = `${quote(text)} without quotes is ${typeof value === 'number' ? 'the number ' : ''}${value}`;
  report({ path, message, help: `write ${quote(text)} in quotes, or ${value} if that is meant` });
}

/** A date is a point in time to YAML 1.1, and not what is written. */
function visitText(value: string, path: Path, yaml: Yaml, report: ReportFinding): void {
  if (!/^\d{4}-\d\d?-\d\d?$/.test(value) || yaml.plainText(path) === undefined) return;
  report({ path, message: `${quote(value)} without quotes is a date`, help: 'write it in quotes' });
}

/** Whether a value is one that becomes text: a variable, a default or a choice of a parameter, a value of a matrix. */
function isText(path: Path): boolean {
  return (
    ['environment', 'enum', 'matrix'].some((key) => path.includes(key)) ||
    path.at(-1) === 'image' ||
    path.at(-1) === 'xcode'
  );
}
