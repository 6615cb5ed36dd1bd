import type { Io } from '../../io/io.js';
import type { KubernetesClient } from '../../kubernetes/client.js';
import { kinds } from '../../kubernetes/kinds/kinds.js';
import type { PodTemplate } from '../../kubernetes/objects.js';
import { templateRules } from '../../kubernetes/permissions.js';
import type { Rule } from '../../kubernetes/rule.js';
import { fail, ok, type Result } from '../../result.js';
import { formatWorkload, parseWorkloads } from '../../workload.js';
import type { Failure } from '../command.js';
import { toWorkloadFailure } from '../kubernetes-failure.js';
import { readManifests } from '../manifests/read-manifests.js';
import { templatesOf } from './manifest-templates.js';

/** The Pod that the migration's is like. */
export interface FoundTemplate {
  readonly template: PodTemplate;
  /** Where it is from, for messages: `deployment/web`, `deployment/web of k8s/web.yaml`. */
  readonly from: string;
}

/** Options that say which one. */
export interface TemplateOptions {
  /** `deployment/web`; may be empty where the manifest has one alone. */
  readonly workload: string;
  /** Path of a file or folder of manifests. Empty: the workload in the cluster. */
  readonly manifest: string;
}

/** The rights that the look needs. */
export function rulesOfTemplate({ workload, manifest }: TemplateOptions): readonly Rule[] {
  const refs = parseWorkloads(workload);
  return manifest === '' && refs.ok ? refs.value.flatMap(templateRules) : [];
}

/** Looks the Pod template up: in the file, for what is not in the cluster yet; else of the workload in the cluster. */
export function findTemplate(
  client: KubernetesClient,
  io: Io,
  options: TemplateOptions,
): Promise<Result<FoundTemplate, Failure>> {
  return options.manifest === '' ? ofWorkload(client, options.workload) : ofManifest(io, options);
}

async function ofWorkload(client: KubernetesClient, workload: string): Promise<Result<FoundTemplate, Failure>> {
  const refs = parseWorkloads(workload);
  const ref = refs.ok ? refs.value[0] : undefined;
  if (!refs.ok || ref === undefined || refs.value.length > 1) {
    return fail({ code: 2, cause: `--workload is "${workload}", expected one workload, KIND/NAME` });
  }
  const kind = kinds[ref.kind];
  const found = await client.get(kind.resource, ref.name);
  if (!found.ok) return fail(toWorkloadFailure(found.error, templateRules(ref)));
  const template = kind.templateOf(found.value);
  if (template.spec.containers.length > 0) return ok({ template, from: formatWorkload(ref) });
  const { workloadRef } = found.value.spec;
  const refers =
    workloadRef === undefined ? '' : ` (it refers to ${workloadRef.kind.toLowerCase()}/${workloadRef.name})`;
  return fail({
    code: 1,
    cause: `${formatWorkload(ref)} has no Pod template of its own`,
    next: `Name the workload that has it with --workload${refers}, or a file that has it with --manifest.`,
  });
}

async function ofManifest(io: Io, { workload, manifest }: TemplateOptions): Promise<Result<FoundTemplate, Failure>> {
  const read = await readManifests(manifest, io);
  if (!read.ok) return read;
  const templates = read.value.flatMap(templatesOf);
  const matched = workload === '' ? templates : templates.filter(({ ref }) => ref === workload);
  const [found, second] = matched;
  if (found !== undefined && second === undefined)
    return ok({ template: found.template, from: `${found.ref} of ${manifest}` });
  const wanted = workload === '' ? 'exactly one object with a Pod template' : `${workload} with a Pod template, once`;
  return fail({
    code: 1,
    cause: `${manifest} does not have ${wanted}`,
    details: [`its objects with one: ${templates.map(({ ref }) => ref).join(', ') || 'none'}`],
    next: 'Name one of them with --workload.',
  });
}
