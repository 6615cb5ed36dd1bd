import { CONTAINER_CLASS, MACHINE_IMAGE, machineClass, NODE_IMAGE } from '../machines.js';
import type { Plain } from '../plain.js';

/** The orb's executors, for people who write their own config. */
export const executors: Readonly<Record<string, Plain>> = {
  linux_amd64: machine('linux/amd64', 'A virtual machine with an x86-64 processor, Docker and Node'),
  linux_arm64: machine('linux/arm64', 'A virtual machine with an Arm processor, Docker and Node'),
  node: {
    description: 'A container with Node, for everything that does not build.',
    parameters: {
      image: { type: 'string', description: 'Image of the container, with Node 20 or later.', default: NODE_IMAGE },
      resource_class: { type: 'string', description: 'Resource class of the container.', default: CONTAINER_CLASS },
    },
    docker: [{ image: '<< parameters.image >>' }],
    resource_class: '<< parameters.resource_class >>',
  },
};

function machine(platform: string, what: string): Plain {
  return {
    description: `${what}: builds ${platform} natively.`,
    parameters: {
      image: { type: 'string', description: 'Image of the machine.', default: MACHINE_IMAGE },
      resource_class: {
        type: 'string',
        description: 'Resource class of the machine.',
        default: machineClass(platform),
      },
      docker_layer_caching: {
        type: 'boolean',
        description: "Whether CircleCI keeps Docker's layers between jobs.",
        default: false,
      },
    },
    machine: { image: '<< parameters.image >>', docker_layer_caching: '<< parameters.docker_layer_caching >>' },
    resource_class: '<< parameters.resource_class >>',
  };
}
