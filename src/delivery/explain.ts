import type { Delivery, Part, Service } from './delivery.js';
import { explainApprovals, explainCredentials, explainFlows } from './explain-part.js';
import { list, section } from './sentences.js';

/** What a delivery does, in plain sentences: a section per event, then who holds what. */
export function explainDelivery(delivery: Delivery): string {
  const { services, checkJob } = delivery;
  const sections =
    services.length === 0
      ? explainPart(delivery, checkJob)
      : [explainSetup(delivery), ...services.flatMap(explainService), explainRerun(services)];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function explainPart(part: Part, checkJob: string | undefined): readonly string[] {
  const flows = explainFlows(part, checkJob);
  if (part.image === undefined) return flows;
  return [...flows, explainApprovals(part), explainRerun([part]), explainCredentials(part)];
}

/** The sections of a service, each with its name before the title. */
function explainService(service: Service): readonly string[] {
  const sections = [...explainFlows(service, undefined), explainApprovals(service), explainCredentials(service)];
  return sections.map((text) => (text === '' ? '' : `${service.name}: ${text}`));
}

function explainSetup({ services, checkJob }: Delivery): string {
  const check = checkJob === undefined ? [] : [`${checkJob} must pass first: the configs are what the spec says.`];
  return section('Which services run', [
    ...check,
    ...services.map(({ name, paths }) => `${name} runs when something has changed in ${list(paths.map(nameOf))}.`),
    'On a branch that is deployed from, what has changed since that branch was continued last counts; on any other, what has changed since it left those.',
    'All of them run for a git tag, when something below .circleci has changed, when a pipeline is triggered with run-all, and whenever what has changed cannot be known.',
  ]);
}

function nameOf(path: string): string {
  return path === '' ? 'the repository' : path;
}

function explainRerun(parts: readonly Part[]): string {
  if (parts.every(({ image }) => image === undefined)) return '';
  const environments = parts.flatMap((part) => part.environments);
  const migrations = environments.some(({ migration }) => migration !== undefined);
  return section('When a job is run again, or something is to be undone', [
    'Running any job again is safe: what is done already is recognised, said, and not done twice.',
    "An older commit does not take a newer one's place, not when its job is run again either.",
    `To go back at once, run build-once rollback: it builds nothing. Or revert the commit: the revert is built, proven and approved like any other. Or set ROLLBACK_TO to the older commit in a context of its deploy job, and run that job again.${migrations ? ' Migrations are not undone.' : ''}`,
  ]);
}
