import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** An answer of the API: its output, or an exception by its name. */
export type EcrAnswer = { readonly output: object } | { readonly exception: string; readonly status?: number };

/** What ECR holds of one repository, in the words of its API. */
export interface EcrState {
  repository: Record<string, unknown> | undefined;
  lifecyclePolicyText: string | undefined;
}

/** An ECR API with at most one repository. */
export interface FakeEcr {
  readonly url: string;
  readonly state: EcrState;
  /** Operations with their input, in the order in which they came. */
  readonly calls: (readonly [operation: string, input: Record<string, unknown>])[];
}

/**
 * Starts it.
 * @param script answers in place of ECR where it returns something
 */
export async function startEcr(
  t: Test,
  script: (operation: string, count: number, state: EcrState) => EcrAnswer | undefined = () => undefined,
): Promise<FakeEcr> {
  const state: EcrState = { repository: undefined, lifecyclePolicyText: undefined };
  const calls: (readonly [string, Record<string, unknown>])[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).replace('AmazonEC2ContainerRegistry_V20150921.', '');
      const input = JSON.parse(Buffer.concat(pieces).toString());
      calls.push([operation, input]);
      const count = calls.filter(([one]) => one === operation).length;
      const answer = script(operation, count, state) ?? act(operation, input, state);
      if ('output' in answer) response.writeHead(200).end(JSON.stringify(answer.output));
      else {
        const body = { __type: answer.exception, message: `said by ECR` };
        response.writeHead(answer.status ?? 400).end(JSON.stringify(body));
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, state, calls };
}

function act(operation: string, input: Record<string, unknown>, state: EcrState): EcrAnswer {
  if (operation === 'CreateRepository') {
    if (state.repository !== undefined) return { exception: 'RepositoryAlreadyExistsException' };
    state.repository = input;
    return { output: { repository: input } };
  }
  if (state.repository === undefined) return { exception: 'com.amazonaws.ecr#RepositoryNotFoundException' };
  if (operation === 'DescribeRepositories') return { output: { repositories: [state.repository] } };
  if (operation === 'GetLifecyclePolicy') {
    const { lifecyclePolicyText } = state;
    return lifecyclePolicyText === undefined
      ? { exception: 'LifecyclePolicyNotFoundException' }
      : { output: { lifecyclePolicyText } };
  }
  if (operation === 'PutLifecyclePolicy') state.lifecyclePolicyText = String(input['lifecyclePolicyText']);
  else state.repository = { ...without(state.repository, operation), ...input };
  return { output: {} };
}

/** What PutImageTagMutability replaces, taken out. */
function without(repository: Record<string, unknown>, operation: string): Record<string, unknown> {
  if (operation !== 'PutImageTagMutability') return repository;
  const { imageTagMutabilityExclusionFilters: _, ...rest } = repository;
  return rest;
}
