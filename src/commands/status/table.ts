import { formatVersion } from '../../kubernetes/image-match.js';
import type { EnvironmentStatus, WorkloadStatus } from './see-environment.js';

const HEAD = ['ENVIRONMENT', 'WORKLOAD', 'COMMIT', 'IMAGE', 'DEPLOYED', 'ROLLOUT', 'BY'];

/** A table of environments, in columns, for a person: a line for each workload, and what keeps a rollout from its end. */
export function formatTable(environments: readonly EnvironmentStatus[]): readonly string[] {
  const rows = [HEAD, ...environments.flatMap(formatRows)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const notes = environments.flatMap(({ environment, workloads }) =>
    workloads.flatMap(({ workload, problem }) =>
      problem === undefined ? [] : [`${workload} of ${environment}: ${problem}`],
    ),
  );
  return [...lines.map((line) => line.trimEnd()), ...(notes.length === 0 ? [] : ['', ...notes])];
}

function formatRows({ environment, workloads, unread }: EnvironmentStatus): readonly (readonly string[])[] {
  return [
    ...workloads.map((one) => [environment, ...formatCells(one)]),
    ...unread.map((workload) => [environment, workload, 'not read', '-', '-', '-', '-']),
  ];
}

function formatCells({ workload, images, record, isComplete, progress }: WorkloadStatus): readonly string[] {
  return [
    workload,
    record?.commit.slice(0, 12) ?? 'not known',
    images.map(record === undefined ? shorten : formatVersion).join(', '),
    record?.time?.replace(/\.\d+Z$/, 'Z') ?? '-',
    isComplete ? progress : `not done: ${progress}`,
    record?.job ?? '-',
  ];
}

/** What nothing is known of may be of any repository. */
function shorten(image: string): string {
  return image.replace(/(@sha\d+:.{12}).*/, '$1..');
}
