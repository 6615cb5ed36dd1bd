import { NOT_APPLIED, ORDER } from '../support/comparison.js';

/** The parameters of `deploy` to the cluster of the environment, but for what is deployed where. */
export const TO_STAGING = {
  ...ORDER,
  ...NOT_APPLIED,
  environment: 'staging',
  eks: '',
  region: '',
  role: '',
  kubeconfig: process.env['LAB_DEPLOYER_KUBECONFIG'] ?? '',
  commit: '0123456789abcdef0123456789abcdef01234567',
  directory: 'build-once',
  dry_run: false,
  grace: '5m',
};
