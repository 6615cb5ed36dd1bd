import { formatVersion } from '../../kubernetes/image-match.js';
import type { EnvironmentStatus, WorkloadStatus } from './see-environment.js';

const HEAD = ['ENVIRONMENT', 'WORKLOAD', 'COMMIT', 'IMAGE', 'DEPLOYED', 'ROLLOUT', 'BY'];

/** A table of environments, in columns, for a person: a line for each workload. */
export function formatTable(environments: readonly EnvironmentStatus[]): readonly string[] {
  const rows = [HEAD, ...environments.flatMap(formatRows)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
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
    images.map(formatVersion).join(', '),
    record?.time?.replace(/\.\d+Z$/, 'Z') ?? '-',
    isComplete ? progress : `not done: ${progress}`,
    record?.job ?? '-',
  ];
}
