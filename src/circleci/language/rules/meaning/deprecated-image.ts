import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const deprecatedImage: Rule = {
  name: 'deprecated-image',
  group: 'meaning',
  weight: 'warning',
  summary: 'A Docker image that CircleCI no longer makes.',
  why: 'The images of the namespace "circleci" have had no updates since 2021. What replaces them is in "cimg".',
  source: 'https://circleci.com/docs/guides/execution-managed/next-gen-migration-guide/',
  check: ({ written }, report) => {
    for (const { text, path } of written.texts) {
      if (path.at(-1) !== 'image' || !path.includes('docker')) continue;
      const name = /^(?:docker\.io\/)?circleci\/([\w-]+)/.exec(text)?.[1];
      if (name === undefined || !LEGACY.has(name)) continue;
      report({
        path,
        message: `the image ${quote(text)} is deprecated since 2021-12-31`,
        help: `use an image of the namespace "cimg", https://circleci.com/developer/images?imageType=docker`,
      });
    }
  },
};

/** The legacy convenience images; others of the namespace, as "circleci-cli" and "runner", are CircleCI's tools. */
const LEGACY: ReadonlySet<string> = new Set([
  ...['android', 'buildpack-deps', 'clojure', 'dynamodb', 'elixir', 'golang', 'jruby', 'mariadb', 'mongo', 'mysql'],
  ...['node', 'openjdk', 'php', 'postgres', 'python', 'redis', 'ruby', 'rust'],
]);
