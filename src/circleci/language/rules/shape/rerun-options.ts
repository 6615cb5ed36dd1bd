import { isMapping } from '../../../../yaml/mapping.js';
import type { Rule } from '../rule.js';

export const rerunOptions: Rule = {
  name: 'rerun-options',
  group: 'shape',
  weight: 'error',
  summary: 'Options of a run step that do not go together.',
  why: 'CircleCI refuses the config: a step in the background is not run again, and a delay needs a number of runs.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#run',
  check: ({ written }, report) => {
    for (const { name, body, bodyPath } of written.steps) {
      if (name !== 'run' || !isMapping(body)) continue;
      const { background, max_auto_reruns: reruns, auto_rerun_delay: delay } = body;
      if (background === true && (reruns !== undefined || delay !== undefined)) {
        const key = reruns === undefined ? 'auto_rerun_delay' : 'max_auto_reruns';
        report({ path: [...bodyPath, key], at: 'key', message: 'a step in the background is not run again' });
      } else if (delay !== undefined && reruns === undefined) {
        const message = '"auto_rerun_delay" has no effect without "max_auto_reruns"';
        report({ path: [...bodyPath, 'auto_rerun_delay'], at: 'key', message });
      }
    }
  },
};
