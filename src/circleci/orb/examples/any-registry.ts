import { approval, build, deploy, example, onMain, publish } from './usage.js';

const registry = {
  context: ['registry'],
  repository: 'registry.example.com/acme/shop',
  username: '$REGISTRY_USERNAME',
  password: '$REGISTRY_PASSWORD',
};

const cluster = (environment: string) => ({
  ...registry,
  context: ['registry', `shop-${environment}`],
  kubeconfig: '$KUBECONFIG_FILE',
  namespace: 'shop',
  workloads: 'deployment/web',
});

/** A registry that is not ECR. */
export const anyRegistryWithAContext = example(
  'Push to Docker Hub, GHCR or any other OCI registry with a user and a password of the context "registry". Parameters hold the names of the variables; their values reach no log, no file and no command line.',
  onMain([
    build(registry),
    publish(['build'], registry),
    deploy('staging', 'publish', cluster('staging')),
    approval('request_prod', 'deploy-staging'),
    deploy('production', 'request_prod', { ...cluster('production'), after: 'staging' }),
  ]),
);
