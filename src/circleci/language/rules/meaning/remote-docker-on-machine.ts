import { quote } from '../../../../diagnostic/quote.js';
import type { Rule } from '../rule.js';

export const remoteDockerOnMachine: Rule = {
  name: 'remote-docker-on-machine',
  group: 'meaning',
  weight: 'warning',
  summary: 'A "setup_remote_docker" on a virtual machine.',
  why: 'A virtual machine has a Docker of its own, and the step does not work there.',
  source: 'https://circleci.com/docs/reference/configuration-reference/#setupremotedocker',
  check: ({ written }, report) => {
    for (const { name, definition, path } of written.steps) {
      if (name !== 'setup_remote_docker' || definition?.kind !== 'jobs' || definition.value['machine'] === undefined)
        continue;
      const message = `the job ${quote(definition.name)} runs on a machine, where Docker is there already`;
      report({ path, message, help: 'remove the step; "docker_layer_caching: true" goes under "machine"' });
    }
  },
};
