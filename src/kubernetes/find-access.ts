import { delimiter, dirname, join, resolve } from 'node:path';
import type { Io } from '../io/io.js';
import { fail, ok, type Result } from '../result.js';
import type { Access } from './access.js';
import { type Context, contextsOf, parseKubeconfig, readKubeconfig } from './kubeconfig.js';
import type { KubernetesError } from './kubernetes-error.js';
import { isInCluster, serviceAccountAccess } from './service-account.js';

/**
 * The way to the cluster: `given` (a path, or the text of a kubeconfig, plain or in base64), else the first file of
 * $KUBECONFIG that exists, the service account of the Pod that this runs in, or ~/.kube/config.
 */
export async function findAccess(given: string, io: Io): Promise<Result<Access, KubernetesError>> {
  if (given !== '') {
    const text = kubeconfigText(given);
    if (text !== undefined) return readKubeconfig(text, 'the kubeconfig that was given', io.cwd, io);
    const found = given.includes('\0') || given.length > 4096 ? undefined : await io.files.read(given);
    if (found !== undefined) return readKubeconfig(found, given, dirname(resolve(io.cwd, given)), io);
    return refuse(`the kubeconfig${show(given)} is neither a file that exists nor the text of one`);
  }
  const listed = io.env['KUBECONFIG'] ?? '';
  if (kubeconfigText(listed) !== undefined) {
    return fail({
      kind: 'access',
      message: '$KUBECONFIG holds a kubeconfig itself, and not the path of one',
      next: "Give it as the parameter kubeconfig (--kubeconfig '$KUBECONFIG'), which takes the text, plain or in base64.",
    });
  }
  for await (const { text, path, folder } of readFiles(listed.split(delimiter), io)) {
    return readKubeconfig(text, path, folder, io);
  }
  if (listed !== '') return refuse(`$KUBECONFIG${show(listed)} names no file that exists`);
  if (isInCluster(io.env)) return serviceAccountAccess(io);
  for await (const { text, path, folder } of readFiles(homePaths(io), io)) {
    return readKubeconfig(text, path, folder, io);
  }
  return refuse('no way to a cluster was found: no EKS cluster, kubeconfig or service account is given');
}

/**
 * The contexts that kubectl has on this machine: of every file in $KUBECONFIG, or of ~/.kube/config. Of two with one name
 * the first counts. None where there is no such file.
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export async function listContexts(io: Io): Promise<Result<readonly Context[], KubernetesError>> {
  const listed = io.env['KUBECONFIG'] ?? '';
  const contexts = new Map<string, Context>();
  const paths = listed === '' ? homePaths(io) : listed.split(delimiter);
  for await (const { text, path, folder } of readFiles(paths, io)) {
    const kubeconfig = await parseKubeconfig(text, path, folder);
    if (!kubeconfig.ok) return kubeconfig;
    for (const one of contextsOf(kubeconfig.value)) if (!contexts.has(one.name)) contexts.set(one.name, one);
  }
  return ok([...contexts.values()]);
}

function homePaths({ env: { HOME: home } }: Io): readonly string[] {
  return home === undefined ? [] : [join(home, '.kube', 'config')];
}

/** The files that exist, in order, each read when it is asked for. */
async function* readFiles(paths: readonly string[], io: Io) {
  for (const path of paths.filter((one) => one !== '')) {
    const text = await io.files.read(path);
    if (text !== undefined) yield { text, path, folder: dirname(resolve(io.cwd, path)) };
  }
}

/** The kubeconfig that `given` is itself, plain or in base64; undefined when it is something else, such as a path. */
function kubeconfigText(given: string): string | undefined {
  if (given.includes('clusters') && /[\n{]/.test(given)) return given;
  const packed = given.replace(/\s/g, '');
  if (packed.length < 64 || !/^[A-Za-z0-9+/]+=*$/.test(packed)) return undefined;
  const text = Buffer.from(packed, 'base64').toString('utf8');
  return text.includes('clusters') ? text : undefined;
}

/** A value that looks like a path, for a message; of any other nothing, for it may be a secret. */
function show(value: string): string {
  return /^[\w./~:-]{1,200}$/.test(value) && value.includes('/') ? ` "${value}"` : '';
}

function refuse(message: string): Result<never, KubernetesError> {
  return fail({
    kind: 'access',
    message,
    next: 'Give --eks and --region, or --kubeconfig: a path, or the variable of a context that holds the file (plain or base64).',
  });
}
