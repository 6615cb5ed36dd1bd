import type { ScalarType } from './expression.js';

/**
 * The values that a pipeline has without being declared, by their names behind `pipeline.`, and what replaces those that
 * end. Source: the list in CircleCI's own implementation of expressions (CircleCI-Public/expr, pipeline-values.yml).
 */
const NAMES = `
config.file_path config.ref config.repository.name config.repository.url config.sha config_source definition.id
deploy.component_name deploy.current_version deploy.environment_name deploy.namespace deploy.reason deploy.target_version
event.action event.circleci_actor_id event.context.github.pr_url event.context.github.sha event.name
event.provider_actor_id event.provider_login
event.github.after event.github.comment.body event.github.head_commit.url event.github.label event.github.label.name
event.github.pull_request.base.ref event.github.pull_request.base.sha event.github.pull_request.draft
event.github.pull_request.head.ref event.github.pull_request.head.sha event.github.pull_request.merged
event.github.pull_request.number event.github.pull_request.title event.github.pull_request.url event.github.ref
event.github.repository.name event.github.repository.owner.login event.github.repository.url
event.github.sender.avatar_url event.github.sender.login event.github.sender.type
git.base_revision git.branch git.branch.is_default git.commit.author_avatar_url git.commit.author_email
git.commit.author_login git.commit.author_name git.commit.body git.commit.subject git.commit.url git.repo_id
git.repo_name git.repo_owner git.repo_url git.revision git.ssh_checkout_url git.tag
id in_setup integration_source name number project.git_url project.slug project.type project.url
schedule.id schedule.name trigger.id trigger.name trigger.received_at trigger.type trigger_source
trigger_parameters.webhook.body
vcs.event_type vcs.origin_repository_id vcs.origin_repository_url vcs.repository_url vcs.revision
vcs.target_repository_id vcs.target_repository_url vcs.type
`;

const KNOWN = new Set(NAMES.trim().split(/\s+/));

/** Values of one provider each, which are known by their beginning. */
const FAMILIES = ['trigger_parameters.gitlab.', 'trigger_parameters.bitbucket_dc.', 'trigger_parameters.git.'];

const ENDING = ['trigger_parameters.circleci.', 'trigger_parameters.github_app.'];

const REPLACEMENTS: Readonly<Record<string, string>> = {
  'trigger_parameters.circleci.event_time': 'trigger.received_at',
  'trigger_parameters.circleci.event_type': 'event.name',
  'trigger_parameters.circleci.trigger_type': 'trigger.type',
  'trigger_parameters.github_app.branch': 'git.branch',
  'trigger_parameters.github_app.checkout_sha': 'git.revision',
  'trigger_parameters.github_app.commit_author_name': 'git.commit.author_login',
  'trigger_parameters.github_app.commit_message': 'git.commit.body',
  'trigger_parameters.github_app.commit_sha': 'event.github.after',
  'trigger_parameters.github_app.commit_timestamp': 'trigger.received_at',
  'trigger_parameters.github_app.commit_title': 'git.commit.subject',
  'trigger_parameters.github_app.ref': 'event.github.ref',
  'trigger_parameters.github_app.repo_name': 'event.github.repository.name',
  'trigger_parameters.github_app.repo_url': 'event.github.repository.url',
  'trigger_parameters.github_app.user_avatar': 'event.github.sender.avatar_url',
  'trigger_parameters.github_app.user_name': 'event.github.sender.login',
  'trigger_parameters.github_app.user_username': 'event.github.sender.login',
  'trigger_parameters.github_app.web_url': 'event.github.repository.url',
};

/** Every name that is documented, with `pipeline.` before it; for suggestions. */
export const PIPELINE_VALUES: readonly string[] = [...KNOWN].map((name) => `pipeline.${name}`);

/** Whether CircleCI has such a value, `pipeline.git.branch`. Pipeline parameters are not among them. */
export function isPipelineValue(name: string): boolean {
  const rest = name.slice('pipeline.'.length);
  return KNOWN.has(rest) || [...FAMILIES, ...ENDING].some((family) => rest.startsWith(family));
}

/** What to use in place of a value that ends; undefined for one that stays. */
export function findReplacement(name: string): { readonly since: string; readonly instead: string } | undefined {
  const rest = name.slice('pipeline.'.length);
  const since = '2026-08-01';
  if (!ENDING.some((family) => rest.startsWith(family))) return undefined;
  const found = REPLACEMENTS[rest];
  return {
    since,
    instead: found === undefined ? 'see the pipeline values of the documentation' : `use "pipeline.${found}"`,
  };
}

/** Values that CircleCI gives every pipeline and that are no strings ("Pipeline values and parameters"). */
const TYPES: Readonly<Record<string, ScalarType>> = {
  'pipeline.number': 'number',
  'pipeline.git.branch.is_default': 'boolean',
  'pipeline.event.github.pull_request.number': 'number',
  'pipeline.event.github.pull_request.draft': 'boolean',
  'pipeline.event.github.pull_request.merged': 'boolean',
  'pipeline.trigger_parameters.github_app.forced': 'boolean',
  'pipeline.trigger_parameters.github_app.pull_request_draft': 'boolean',
  'pipeline.trigger_parameters.github_app.pull_request_merged': 'boolean',
  'pipeline.trigger_parameters.gitlab.is_fork_merge_request': 'boolean',
};

/** Values whose type is not told by CircleCI's pages, so that nothing is said about it. */
const OF_ANY_TYPE = /^pipeline\.(?:trigger_parameters|vcs)\.|_id$/;

/** The type of a pipeline value; undefined when it is not known. */
export function typeOfPipelineValue(name: string): ScalarType | undefined {
  return TYPES[name] ?? (OF_ANY_TYPE.test(name) ? undefined : 'string');
}
