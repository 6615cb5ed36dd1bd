import type { Environment, Hook, Stage } from '../../delivery/delivery.js';

/**
 * The way of a flow as a comment draws it: `staging -> request_prod (a person) -> production`. A stage that does not follow
 * the one before it begins another line at what it does follow: `...; staging -> request_us (a person) -> us`.
 * @param stages in the order of the flow
 */
export function describeWay(stages: readonly Stage[], environments: readonly Environment[]): string {
  let way = '';
  let before: string | undefined;
  for (const { environment: name, approval } of stages) {
    const environment = environments.find((one) => one.name === name);
    const follows = environment?.after;
    const joint =
      before === undefined ? '' : follows === before ? ' -> ' : `; ${follows === undefined ? '' : `${follows} -> `}`;
    const steps = [
      ...(approval === undefined ? [] : [`${approval} (a person)`]),
      ...namesOf(environment?.beforeDeploy),
      name,
      ...namesOf(environment?.afterDeploy),
    ];
    way += `${joint}${steps.join(' -> ')}`;
    before = name;
  }
  return way;
}

/** Hooks run side by side, so they are one step. */
function namesOf(hooks: readonly Hook[] = []): readonly string[] {
  return hooks.length === 0 ? [] : [hooks.map(({ name }) => name).join(' + ')];
}
