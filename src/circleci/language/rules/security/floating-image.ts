import { quote, quoteList } from '../../../../diagnostic/quote.js';
import { Places } from '../places.js';
import type { Rule } from '../rule.js';

export const floatingImage: Rule = {
  name: 'floating-image',
  group: 'security',
  weight: 'warning',
  summary: 'An image without a fixed version in a job that holds credentials.',
  why: 'The tag can be moved to another image, which then runs with the credentials of the job.',
  source: 'https://circleci.com/docs/guides/execution-managed/using-docker/',
  check: ({ model }, report) => {
    const places = new Places();
    for (const { name, contexts, job } of model.workflows.flatMap(({ jobs }) => jobs)) {
      if (contexts.length === 0 || job?.machine.kind !== 'docker' || job.machine.place.source !== model.source)
        continue;
      for (const [index, image] of job.machine.images.entries()) {
        if (!isFloating(image)) continue;
        const path = [...job.machine.place.path, 'docker', index, 'image'];
        const message = `${quote(image)} can be another image tomorrow, and ${quote(name)} holds the credentials of ${quoteList(contexts)}`;
        places.add(path, message);
      }
    }
    for (const { path, message, others } of places.all()) {
      const more = others === 0 ? '' : `; so ${others === 1 ? 'does 1 other job' : `do ${others} other jobs`}`;
      report({ path, message: message + more, help: 'name a version, or the digest: "IMAGE@sha256:..."' });
    }
  },
};

/** A reference without a digest, whose tag is missing or says that it moves. */
function isFloating(image: string): boolean {
  if (image.includes('@') || image.includes('<<') || image.includes('$')) return false;
  const tag = /:(?<tag>[^/:]+)$/.exec(image)?.groups?.['tag'];
  return tag === undefined || /^(?:latest|edge|nightly|master|main|dev|develop|unstable)$/.test(tag);
}
