import { creationInput } from '../aws/repository-settings.js';
import type { AccessEntry, Account, Member } from './accounts.js';
import type { CompanionFile } from './companions.js';
import { OIDC_PROVIDER, permissionPolicy, trustPolicy } from './policies.js';
import type { Repository } from './repositories.js';
import { standIn } from './unknown.js';

/** Paths of the files of an account, from the folder of the companions. */
export const accountFolder = (id: string): string => `aws/${id}`;
export const providerFile = ({ id }: Account): string => `${accountFolder(id)}/iam/oidc-provider.json`;
export const memberFile = ({ id }: Account, { principal }: Member, kind: 'trust' | 'policy'): string =>
  `${accountFolder(id)}/iam/${principal.name}.${kind}.json`;
export const repositoryFile = ({ account, path }: Repository, kind: 'create' | 'lifecycle' | 'policy'): string =>
  `${accountFolder(account)}/ecr/${path}.${kind}.json`;
export const entryFile = ({ id }: Account, { region, cluster, role }: AccessEntry): string =>
  `${accountFolder(id)}/eks/${region}/${cluster}.${role.name}.json`;

/** An account as JSON: policies, and the inputs of the calls that set up the rest. */
export function jsonFiles(account: Account): readonly CompanionFile[] {
  const { id, members, repositories, entries } = account;
  const file = (path: string, value: unknown): CompanionFile => ({ path, text: `${JSON.stringify(value, null, 2)}\n` });
  const provider = { Url: `https://${OIDC_PROVIDER}`, ClientIDList: [standIn('organization_id')] };
  return [
    ...(members.some(({ principal }) => principal.role) ? [file(providerFile(account), provider)] : []),
    ...repositories.flatMap((repository) => {
      const { path, settings, policy } = repository;
      return [
        file(repositoryFile(repository, 'create'), { repositoryName: path, ...creationInput(settings) }),
        file(repositoryFile(repository, 'lifecycle'), settings.lifecycle),
        ...(policy === undefined ? [] : [file(repositoryFile(repository, 'policy'), policy)]),
      ];
    }),
    ...members.flatMap((member) => {
      const { role } = member.principal;
      const trust = role && file(memberFile(account, member, 'trust'), trustPolicy(role, member.refs));
      const permissions = file(memberFile(account, member, 'policy'), permissionPolicy(id, member.rights));
      return trust === undefined ? [permissions] : [trust, permissions];
    }),
    ...entries.map((entry) => {
      const { cluster, role, groups } = entry;
      const input = { clusterName: cluster, principalArn: role.arn, kubernetesGroups: groups };
      return file(entryFile(account, entry), input);
    }),
  ];
}
