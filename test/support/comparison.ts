/** The parameters by which a command compares with what runs, as they are by default. */
export const ORDER = { newer_by: 'history', rollback_to: '' };

/** The parameters of verify_image by which it compares with what runs: it does not. */
export const NOT_COMPARED = {
  ...ORDER,
  workloads: '',
  destination: '',
  namespace: '',
  eks: '',
  region: '',
  kubeconfig: '',
};
