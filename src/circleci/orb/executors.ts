import { CONTAINER_CLASS, MACHINE_IMAGE, machineClass, NODE_IMAGE } from '../machines.js';
import type { Plain } from '../sdk.js';

/** The orb's executors, for people who write their own config. */
export const executors: Readonly<Record<string, Plain>> = {
  linux_amd64: {
    description: 'A virtual machine with an x86-64 processor, Docker and Node: builds linux/amd64 natively.',
    machine: { image: MACHINE_IMAGE },
    resource_class: machineClass('linux/amd64'),
  },
  linux_arm64: {
    description: 'A virtual machine with an Arm processor, Docker and Node: builds linux/arm64 natively.',
    machine: { image: MACHINE_IMAGE },
    resource_class: machineClass('linux/arm64'),
  },
  node: {
    description: 'A container with Node, for everything that does not build.',
    docker: [{ image: NODE_IMAGE }],
    resource_class: CONTAINER_CLASS,
  },
};
