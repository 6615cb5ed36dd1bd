import { quote } from '../../../../diagnostic/quote.js';
import { mappingOf } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const unusedPipelineParameter: Rule = {
  name: 'unused-pipeline-parameter',
  group: 'meaning',
  weight: 'warning',
  summary: 'A pipeline parameter that is declared and not used.',
  why: 'Whoever starts a pipeline with it believes that it changes something.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#parameters-pipeline',
  check: ({ config, written, model }, report) => {
    // A setup config hands its parameters on to the config that it continues with, which has to declare them all. That
    // one says "setup: false" at most, and is known by its name: continue_config.yml, continue/main.yml, continuation.yml.
    if ('setup' in config || /\bcontinu(?:e|ation)\b|\bcontinue_/.test(model.source.file)) return;
    const used = new Set<string>();
    for (const { text } of written.texts) {
      for (const [, name = ''] of text.matchAll(/pipeline\.parameters\.([^\s<>()"=!]+)/g)) used.add(name);
    }
    for (const name of Object.keys(mappingOf(config['parameters']))) {
      if (used.has(name) || OF_ACTION.has(name)) continue;
      const message = `nothing uses the pipeline parameter ${quote(name)}`;
      report({
        path: ['parameters', name],
        at: 'key',
        message,
        help: 'use it, or remove it if nothing that starts a pipeline passes it',
      });
    }
  },
};

/**
 * What CircleCI's GitHub action gives to every pipeline that it starts, so that a config has to declare them
 * (https://github.com/CircleCI-Public/trigger-circleci-pipeline-action).
 */
const OF_ACTION: ReadonlySet<string> = new Set(['GHA_Actor', 'GHA_Action', 'GHA_Event', 'GHA_Meta']);
