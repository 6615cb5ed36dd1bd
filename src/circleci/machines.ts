/**
 * The machines that jobs run on, pinned in one place: CircleCI's image tags are listed in its developer hub, resource
 * classes in the configuration reference ("resource_class").
 */

/** Image of the Linux virtual machines; it has Docker with buildx, and Node. */
export const MACHINE_IMAGE = 'ubuntu-2404:current';

/** Image of the containers that deploy; all they need is Node. */
export const NODE_IMAGE = 'cimg/node:22.12.0';

/**
 * The same with kubectl, which builds a kustomization.
 * @see https://github.com/CircleCI-Public/cimg-deploy
 */
export const KUBECTL_IMAGE = 'cimg/deploy:2026.10.1-node';

/** Resource class of the containers. */
export const CONTAINER_CLASS = 'small';

/** Resource class of a virtual machine whose processor is the platform's own, so that nothing is emulated. */
export function machineClass(platform: string): string {
  return platform.startsWith('linux/arm64') ? 'arm.medium' : 'medium';
}
