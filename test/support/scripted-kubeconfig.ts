/** Leads to an API server that a test scripts. */
export const KUBECONFIG = JSON.stringify({
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  clusters: [{ name: 'c', cluster: { server: 'https://api' } }],
  users: [{ name: 'u', user: { token: 't' } }],
});
