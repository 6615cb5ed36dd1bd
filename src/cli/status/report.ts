import type { Failure } from '../../commands/command.js';
import type { Survey } from '../../commands/status/survey.js';
import { formatTable } from '../../commands/status/table.js';

/** What was seen of a service, or of all that there is. */
export interface Report extends Survey {
  /** Undefined: the spec has one image and no services. */
  readonly service: string | undefined;
  /** Repository of the image. */
  readonly image: string | undefined;
  readonly environments: readonly (Survey['environments'][number] & {
    /** How its cluster is reached, in words; undefined where there is no way. */
    readonly cluster: string | undefined;
  })[];
}

/** Reports as lines for a person: how each cluster is reached, what runs there, how far it is apart. */
export function formatReports(reports: readonly Report[]): readonly string[] {
  return reports.flatMap((report, at) => [...(at === 0 ? [] : ['']), ...formatReport(report)]);
}

function formatReport({ service, image = '', environments, drift }: Report): readonly string[] {
  const width = Math.max(...environments.map(({ environment }) => environment.length));
  return [
    service === undefined ? image : `${service}: ${image}`,
    ...environments.flatMap(({ environment, namespace, cluster }) =>
      cluster === undefined ? [] : [`  ${environment.padEnd(width)}  ${cluster}, namespace ${namespace}`],
    ),
    '',
    ...formatTable(environments).map((line) => `  ${line}`.trimEnd()),
    ...(drift.length === 0 ? [] : ['']),
    ...drift.map(({ summary }) => `  ${summary}.`),
  ];
}

/** What could not be read, each cause once, with the environments that it keeps from being read. */
export function formatProblems(reports: readonly Report[]): readonly string[] {
  const found = new Map<string, { readonly failure: Failure; readonly names: string[] }>();
  for (const { service, environments } of reports) {
    for (const { environment, problems } of environments) {
      for (const failure of problems) {
        const key = `${failure.cause}\n${failure.next}`;
        const names: string[] = found.get(key)?.names ?? [];
        names.push(service === undefined ? environment : `${environment} of ${service}`);
        found.set(key, { failure, names });
      }
    }
  }
  return [...found.values()].flatMap(({ failure: { cause, details = [], next }, names }) => [
    `gen-config status: ${names.join(', ')}: ${cause}`,
    ...details.map((line) => `  ${line}`),
    ...(next === undefined ? [] : [`  -> ${next}`]),
  ]);
}
