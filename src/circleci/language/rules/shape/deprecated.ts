import type { Rule } from '../rule.js';
import { fromShape } from './from-shape.js';

export const deprecated: Rule = {
  name: 'deprecated',
  group: 'shape',
  weight: 'warning',
  summary: 'A key that CircleCI has replaced by another one.',
  why: 'It works until CircleCI takes it away, and new features know only what has replaced it.',
  source: 'https://circleci.com/docs/reference/configuration-reference/',
  check: fromShape('deprecated'),
};
