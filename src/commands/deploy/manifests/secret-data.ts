import { isRecord } from '../../../json.js';
import type { KubernetesObject } from '../../../kubernetes/difference.js';

/**
 * A Secret with its `stringData` in `data`, where the API server puts it, too, but without knowing whose it is then: a key
 * that is taken out of the manifest would stay in the Secret, and what others have set would be replaced without a word.
 * What is not text is left as it is, for the API server to refuse.
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data
 */
export function encodeSecret(object: KubernetesObject): KubernetesObject {
  const { stringData, ...rest } = object;
  const { apiVersion, kind, data = {} } = rest;
  if (apiVersion !== 'v1' || kind !== 'Secret' || !isRecord(stringData) || !isRecord(data)) return object;
  const texts = Object.entries(stringData);
  if (!texts.every(([, text]) => typeof text === 'string')) return object;
  const encoded = texts.map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } };
}
