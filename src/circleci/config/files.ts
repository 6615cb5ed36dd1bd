/** Paths of what is generated, from the top of the repository. */

/** What CircleCI reads: the config, or in a monorepo the setup config. */
export const CONFIG_FILE = '.circleci/config.yml';

/** What the setup config of a monorepo continues with. */
export const CONTINUE_FILE = '.circleci/continue-config.yml';

/** Where the vendored program is. */
export const VENDORED_PROGRAM = '.circleci/build-once.mjs';
