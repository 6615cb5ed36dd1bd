import { fail, ok, type Result } from '../../result.js';
import type { Failure } from '../command.js';
import type { Place } from './see-environment.js';

/** An environment and where it is. */
export type Named = Pick<Place, 'environment' | 'namespace'>;

/** Reads `--environments`: `staging=shop-staging,production=shop`. The namespaces are checked where they are used. */
export function readEnvironments(text: string): Result<readonly Named[], Failure> {
  const places: { readonly environment: string; readonly namespace: string }[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, environment, namespace] = /^([^=]+)=([^=]+)$/.exec(part) ?? [];
    if (environment === undefined || namespace === undefined) {
      return fail({ code: 2, cause: `--environments: "${part}" is not NAME=NAMESPACE` });
    }
    if (places.some((one) => one.environment === environment)) {
      return fail({ code: 2, cause: `--environments: "${environment}" is named twice` });
    }
    places.push({ environment, namespace });
  }
  return ok(places);
}
