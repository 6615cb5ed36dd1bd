import type { Grant, Principal, Right } from './access.js';
import { type Policy, repositoryPolicy } from './policies.js';
import type { PlannedRepository } from './repositories.js';

/** What is to be set up in one AWS account. */
export interface Account {
  readonly id: string;
  readonly repositories: readonly OpenRepository[];
  readonly members: readonly Member[];
  readonly entries: readonly AccessEntry[];
  /** Regions in which something is set up; where nothing is, one in which something is used. */
  readonly regions: readonly string[];
}

/** A repository, and what those of other accounts may do with it. */
export interface OpenRepository extends PlannedRepository {
  readonly policy: Policy | undefined;
}

/** A principal with all that its jobs need. */
export interface Member {
  readonly principal: Principal;
  readonly jobs: readonly string[];
  readonly refs: readonly string[];
  readonly rights: readonly Right[];
}

/**
 * Which Kubernetes groups a role is in, in a cluster of EKS.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
 */
export interface AccessEntry {
  readonly cluster: string;
  readonly region: string;
  readonly role: NonNullable<Principal['role']>;
  readonly groups: readonly string[];
}

/** Sorts by account what grants and repositories ask for. */
export function accountsOf(grants: readonly Grant[], repositories: readonly PlannedRepository[]): readonly Account[] {
  const ids = unique([
    ...repositories.map(({ account }) => account),
    ...grants.map(({ principal }) => principal.account),
  ]);
  return ids.map((id) => {
    const mine = repositories
      .filter(({ account }) => account === id)
      .map((repository) => ({ ...repository, policy: repositoryPolicy(repository, grants) }));
    const members = membersOf(grants.filter(({ principal }) => principal.account === id));
    const entries = members.flatMap(entriesOf);
    const own = [...mine, ...entries].map(({ region }) => region);
    const regions = own.length > 0 ? own : members.flatMap(({ rights }) => rights.map(regionOf)).slice(0, 1);
    return { id, repositories: mine, members, entries, regions: unique(regions) };
  });
}

function regionOf(right: Right): string {
  if (right.kind === 'public') return 'us-east-1';
  return right.kind === 'cluster' ? right.region : right.repository.region;
}

function membersOf(grants: readonly Grant[]): readonly Member[] {
  const keyOf = ({ principal }: Grant) => principal.role?.arn ?? principal.name;
  return unique(grants.map(keyOf)).flatMap((key) => {
    const same = grants.filter((grant) => keyOf(grant) === key);
    const [first] = same;
    if (first === undefined) return [];
    const { principal } = first;
    const jobs = unique(same.flatMap((grant) => grant.jobs));
    const refs = unique(same.flatMap((grant) => grant.refs));
    return [{ principal, jobs, refs, rights: same.map(({ right }) => right) }];
  });
}

/** A role has one entry in a cluster, with all of its groups. */
function entriesOf({ principal, rights }: Member): readonly AccessEntry[] {
  const { role } = principal;
  const entries = new Map<string, AccessEntry>();
  for (const right of rights) {
    if (right.kind !== 'cluster' || role === undefined) continue;
    const { cluster, region, group } = right;
    const key = `${region}/${cluster}`;
    entries.set(key, { cluster, region, role, groups: unique([...(entries.get(key)?.groups ?? []), group]) });
  }
  return [...entries.values()];
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
