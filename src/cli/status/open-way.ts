import type { Failure } from '../../commands/command.js';
import { toFailure } from '../../commands/kubernetes-failure.js';
import { eksAccess } from '../../commands/open-cluster.js';
import type { Io } from '../../io/io.js';
import type { Access } from '../../kubernetes/access.js';
import { findAccess } from '../../kubernetes/find-access.js';
import { contextAccess } from '../../kubernetes/kubeconfig.js';
import { shareCredential } from '../../kubernetes/share-credential.js';
import { fail, ok, type Result } from '../../result.js';
import { describeWay, type Way } from './way.js';

/** Opens ways to clusters, each once for all environments: a credential plugin may ask a person to log in. */
export function makeOpener(io: Io): (way: Way) => Promise<Result<Access, Failure>> {
  const opened = new Map<string, Promise<Result<Access, Failure>>>();
  return (way) => {
    const key = describeWay(way);
    const access = opened.get(key) ?? openWay(way, io);
    opened.set(key, access);
    return access;
  };
}

async function openWay(way: Way, io: Io): Promise<Result<Access, Failure>> {
  if (way.kind === 'eks') return share(await eksAccess(way.options, io));
  const access = way.kind === 'context' ? await contextAccess(way.context, io) : await variableAccess(way.name, io);
  return share(access.ok ? access : fail(toFailure(access.error)));
}

/** Never the kubeconfig of this machine in place of a variable that is not set. */
async function variableAccess(name: string, io: Io) {
  const text = io.env[name] ?? '';
  if (text !== '') return findAccess(text, io);
  return fail({ kind: 'access', message: `$${name}, which holds the kubeconfig, is not set here` } as const);
}

function share(opened: Result<Access, Failure>): Result<Access, Failure> {
  if (!opened.ok) return opened;
  return ok({ ...opened.value, credential: shareCredential(opened.value.credential) });
}
