import { quote } from '../../../../diagnostic/quote.js';
import { isMapping, valueAt } from '../../../../yaml/mapping.js';
import type { Path } from '../../../../yaml/parse.js';
import { findReferences } from '../../written/references.js';
import type { Rule } from '../rule.js';

export const shellInjection: Rule = {
  name: 'shell-injection',
  group: 'security',
  weight: 'warning',
  summary: 'Text that an outsider controls is put into shell text.',
  why: 'Whoever names a branch or a tag, writes a commit message or opens a pull request writes part of the script, and what they write runs with the secrets of the job.',
  source: 'https://circleci.com/docs/guides/security/security-recommendations/',
  check: ({ config, model }, report) => {
    for (const { jobs } of model.workflows) {
      for (const step of jobs.flatMap(({ job }) => job?.steps ?? [])) {
        const command = step.name === 'run' ? step.content['command'] : undefined;
        if (typeof command !== 'string' || !command.includes('<<')) continue;
        for (const name of new Set(findReferences(command))) {
          if (!OUTSIDE.test(name)) continue;
          const place = [...step.calls, step.place].findLast(
            (one) => one.source === model.source && JSON.stringify(valueAt(config, one.path) ?? '').includes(name),
          );
          if (place === undefined) continue;
          const message = `${quote(name)} is what somebody else has written, and becomes part of a script`;
          const help =
            'hand it over as a variable, "environment: { VALUE: << ... >> }", and write "$VALUE" in the script';
          const path = pathOfText(config, place.path, name) ?? place.path;
          report({ path, part: name, message, help });
        }
      }
    }
  },
};

/** Pipeline values that hold free text of somebody who need not be of the team. */
const OUTSIDE =
  /^pipeline\.(?:git\.(?:branch|tag|commit\.(?:subject|body|author_name|author_email))|event\.github\.(?:pull_request\.(?:title|head\.ref)|comment\.body|label\.name|ref)|trigger_parameters\.(?:webhook\.body|\w+\.(?:branch|ref|tag|commit_message|commit_title|commit_author_name|user_name)))$/;

/** Where below a path the text stands that has a reference in it. */
function pathOfText(config: unknown, path: Path, name: string): Path | undefined {
  const value = valueAt(config, path);
  if (typeof value === 'string') return value.includes(name) ? path : undefined;
  const entries = Array.isArray(value) ? [...value.keys()] : isMapping(value) ? Object.keys(value) : [];
  for (const key of entries) {
    const found = pathOfText(config, [...path, key], name);
    if (found !== undefined) return found;
  }
  return undefined;
}
