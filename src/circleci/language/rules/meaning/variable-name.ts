import { quote } from '../../../../diagnostic/quote.js';
import { isMapping, type Mapping } from '../../../../yaml/mapping.js';
import type { Path } from '../../../../yaml/parse.js';
import type { Rule } from '../rule.js';

export const variableName: Rule = {
  name: 'variable-name',
  group: 'meaning',
  weight: 'warning',
  summary: 'A variable of the environment whose name no shell can read.',
  why: 'A name is letters, digits and "_", and starts with no digit. In a script "$NAME" of any other means something else, mostly nothing.',
  source: 'https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap03.html#tag_03_216',
  check: ({ written }, report) => {
    const look = (environment: unknown, path: Path): void => {
      for (const name of Object.keys(isMapping(environment) ? environment : {})) {
        if (/^[A-Za-z_]\w*$/.test(name) || name.includes('<<')) continue;
        const message = `no shell can read a variable ${quote(name)}`;
        report({ path: [...path, name], at: 'key', message, help: 'take letters, digits and "_", a letter first' });
      }
    };
    const lookIn = (value: Mapping, path: Path): void => look(value['environment'], [...path, 'environment']);
    for (const { value, path } of written.definitions) {
      lookIn(value, path);
      const images = Array.isArray(value['docker']) ? value['docker'] : [];
      for (const [index, image] of images.entries()) if (isMapping(image)) lookIn(image, [...path, 'docker', index]);
    }
    for (const { name, body, bodyPath } of written.steps) if (name === 'run' && isMapping(body)) lookIn(body, bodyPath);
  },
};
