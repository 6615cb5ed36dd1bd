/** The parameters of a command that say how to log in, all of them empty. */
export const NO_LOGIN = {
  role: '',
  username: '',
  password: '',
  workload_identity_provider: '',
  service_account: '',
};
