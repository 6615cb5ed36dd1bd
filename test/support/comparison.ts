/** The parameters by which a command compares with what runs, and goes back to it, as they are by default. */
export const ORDER = { newer_by: 'history', rollback_to: '', rollback: 'none' };

/** The parameters by which the image is put into what is there, and nothing is applied. */
export const NOT_APPLIED = { manifests: '', containers: '', force_conflicts: false };

/** The parameters of verify_image by which it compares with what runs: it does not. */
export const NOT_COMPARED = {
  ...ORDER,
  ...NOT_APPLIED,
  workloads: '',
  destination: '',
  namespace: '',
  eks: '',
  region: '',
  kubeconfig: '',
};
