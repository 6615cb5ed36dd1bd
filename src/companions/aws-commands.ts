import type { Account, OpenRepository } from './accounts.js';
import { entryFile, memberFile, providerFile, repositoryFile } from './json-files.js';

/** The calls of aws-cli that set up what the JSON files of an account say. */

export function repositoryCommands(repository: OpenRepository): readonly string[] {
  const { path, region, policy } = repository;
  const named = `--region ${region} --repository-name ${path}`;
  const file = (kind: 'create' | 'lifecycle' | 'policy') => `file://${repositoryFile(repository, kind)}`;
  return [
    `aws ecr create-repository --region ${region} --cli-input-json ${file('create')}`,
    `aws ecr put-lifecycle-policy ${named} --lifecycle-policy-text ${file('lifecycle')}`,
    ...(policy === undefined ? [] : [`aws ecr set-repository-policy ${named} --policy-text ${file('policy')}`]),
  ];
}

export function iamCommands(account: Account): readonly string[] {
  const { members } = account;
  const provider = `aws iam create-open-id-connect-provider --cli-input-json file://${providerFile(account)}`;
  const commands = members.flatMap((member) => {
    const { role, name } = member.principal;
    const policy = `file://${memberFile(account, member, 'policy')}`;
    if (role === undefined) return [`aws iam create-policy --policy-name ${name} --policy-document ${policy}`];
    const path = role.path === '/' ? '' : ` --path ${role.path}`;
    const trust = `file://${memberFile(account, member, 'trust')}`;
    return [
      `aws iam create-role --role-name ${name}${path} --assume-role-policy-document ${trust}`,
      `aws iam put-role-policy --role-name ${name} --policy-name build-once --policy-document ${policy}`,
    ];
  });
  return members.some(({ principal }) => principal.role) ? [provider, ...commands] : commands;
}

export function entryCommands(account: Account): readonly string[] {
  return account.entries.map((entry) => {
    const file = `file://${entryFile(account, entry)}`;
    return `aws eks create-access-entry --region ${entry.region} --cli-input-json ${file}`;
  });
}
