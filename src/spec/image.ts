import { quote } from '../diagnostic/quote.js';
import { isMapping, type Mapping, mappingOf } from '../yaml/mapping.js';
import { adviseOnPath, normalPath } from './paths.js';
import type { Report } from './report.js';
import type { BuildSpec, LoginSpec, PointerKind } from './spec.js';
import { strings } from './strings.js';

/** What the schema says of an image beside its names and folders. */
export interface RawImageOptions {
  readonly build?: {
    readonly args?: Readonly<Record<string, string>>;
    readonly secrets?: readonly string[];
    readonly target?: string;
    readonly cache?: BuildSpec['cache'];
    readonly attestations?: BuildSpec['attestations'];
    readonly machines?: Readonly<
      Record<string, { readonly resource_class?: string; readonly image?: string } | undefined>
    >;
  };
  readonly tags?: readonly PointerKind[];
  readonly login?: LoginSpec;
}

/** The options with their defaults. */
export function buildImageOptions(raw: RawImageOptions): {
  readonly build: BuildSpec;
  readonly tags: readonly PointerKind[];
  readonly login: LoginSpec | undefined;
} {
  const { args = {}, secrets = [], target, cache = 'none', attestations = [], machines = {} } = raw.build ?? {};
  return {
    build: {
      args,
      secrets,
      target,
      cache,
      attestations,
      machines: Object.fromEntries(
        Object.entries(machines).map(([platform, machine]) => [
          platform,
          { resourceClass: machine?.resource_class, image: machine?.image },
        ]),
      ),
    },
    tags: raw.tags ?? [],
    login: raw.login,
  };
}

/** Whether a resource class is a self-hosted runner's: `namespace/runner`. */
export function isRunner(resourceClass: unknown): boolean {
  return typeof resourceClass === 'string' && resourceClass.includes('/');
}

/** Whether a resource class of CircleCI is of a platform: those of Arm machines start with `arm.`. */
function isOfPlatform(resourceClass: unknown, platform: string): boolean {
  return typeof resourceClass !== 'string' || resourceClass.startsWith('arm.') === (platform === 'linux/arm64');
}

/** Checks the paths of an image, and what its parts say of each other. */
export function checkImage(image: Mapping, report: Report): void {
  for (const key of ['dockerfile', 'path']) {
    const value = image[key];
    if (typeof value !== 'string' || value === '' || normalPath(value) !== undefined) continue;
    const message = `${quote(value)} is not a path in the repository`;
    report('wrong-path', ['image', key], message, { help: adviseOnPath(value, 'services/shop') });
  }
  const build = mappingOf(image['build']);
  const path = ['image', 'build'];
  const args = mappingOf(build['args']);
  strings(build['secrets']).forEach((secret, index) => {
    if (!Object.hasOwn(args, secret)) return;
    report('wrong-secret', [...path, 'secrets', index], `${quote(secret)} is a build argument, too`, {
      help: 'build arguments stay in the image: take it out of "args"',
    });
  });
  const platforms = strings(image['platforms'] ?? ['linux/amd64']);
  for (const [platform, value] of Object.entries(mappingOf(build['machines']))) {
    const at = [...path, 'machines', platform];
    if (!isMapping(value)) continue;
    const runner = isRunner(value['resource_class']);
    if (['linux/amd64', 'linux/arm64'].includes(platform) && !platforms.includes(platform)) {
      report('wrong-machine', at, `nothing is built for ${platform}`, {
        key: true,
        help: `add ${quote(platform)} to "platforms", or delete this machine`,
      });
    }
    if (!runner && !isOfPlatform(value['resource_class'], platform)) {
      const message = `${quote(value['resource_class'])} is not a resource class of ${platform}`;
      report('wrong-machine', [...at, 'resource_class'], message, {
        help: 'those that start with "arm." are of linux/arm64, all others of linux/amd64',
      });
    }
    if (runner && value['image'] !== undefined) {
      report('wrong-machine', [...at, 'image'], 'a self-hosted runner has no machine image', { key: true });
    }
    if (runner && build['cache'] === 'layers') {
      report('wrong-machine', [...at, 'resource_class'], 'a self-hosted runner has no docker_layer_caching', {
        help: 'a runner may keep its layers itself; or use cache: registry',
      });
    }
  }
}
