import type { Action, Build } from '../../actions/action.js';
import type { DeliveryJob } from '../../actions/deliveries.js';
import { repositoryOf } from '../../actions/reference.js';

/** Whether a job is certain to push an image that it builds. */
export function isPushed({ pushes, references }: Build, { actions }: DeliveryJob): boolean {
  // Where the names stand in a file, what is pushed is named there too.
  const repositories = references.length === 0 ? [''] : references.map(repositoryOf);
  return pushes || actions.some((one) => isPush(one) && repositories.includes(repositoryOf(one.reference)));
}

function isPush(action: Action): action is Extract<Action, { kind: 'push' }> {
  return action.kind === 'push' && !action.guarded;
}

/** Whether two builds have the names of their images from the same file, for the same targets in it. */
export function isOfSameFile(a: Build, b: Build): boolean {
  const [one, other] = [a, b].map(({ recipe: { directory, file, target } }) =>
    JSON.stringify([directory, file, target]),
  );
  return a.references.length === 0 && b.references.length === 0 && a.recipe.file !== '' && one === other;
}
