import { findBadFilter } from '../aws/exclusion-filters.js';
import type { Part } from '../delivery/delivery.js';
import { isTag } from '../reference.js';

/**
 * The filters of the tags that can be moved in a repository: those given, else the pointers and the cache of the parts
 * whose images are in it, as far as filters can be made of them.
 * @param parts those whose images are built into it; none where images are promoted to it
 * @param note is told what is left out, and why
 */
export function exclusionsOf(
  parts: readonly Part[],
  filters: readonly string[] | undefined,
  note: (text: string) => void,
): readonly string[] {
  if (parts.length === 0) return [];
  if (filters !== undefined) return filters;
  const environments = parts.flatMap((part) => part.environments.map(({ name }) => name));
  const kept: string[] = [];
  for (const filter of new Set(parts.flatMap((part) => wantedBy(part, note)))) {
    const bad = findBadFilter([...kept, filter], environments);
    if (bad === undefined) kept.push(filter);
    else note(`${bad}: it is no exclusion filter, and the tag stays immutable`);
  }
  return kept;
}

function wantedBy({ image, flows }: Part, note: (text: string) => void): readonly string[] {
  if (image === undefined) return [];
  const { pointers, cache } = image;
  const events = flows.flatMap(({ event, stages }) => (stages.length === 0 ? [] : [event]));
  const branches = events.flatMap((event) => (event.kind === 'branch' ? [event.branch.replaceAll('/', '-')] : []));
  const tags = events.flatMap((event) => (event.kind === 'tag' ? [event.pattern.replaceAll('/', '-')] : []));
  if (pointers.includes('semver')) {
    note('SemVer aliases can move only with filters for their major version, such as --exclusion-filters 1,1.*');
  }
  const named = pointers.includes('branch') ? branches : [];
  for (const branch of named.filter((one) => !isTag(one))) {
    note(`the pointer of the branch ${branch} ends with digits of a hash: the first publish job says its tag`);
  }
  return [
    ...named.filter(isTag),
    ...(pointers.includes('git-tag') ? tags : []),
    ...(cache === 'registry' ? ['buildcache-*'] : []),
  ];
}
