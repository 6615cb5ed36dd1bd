import { formatVersion } from '../../kubernetes/image-match.js';
import type { EnvironmentStatus, WorkloadStatus } from './see-environment.js';

const HEAD = ['WORKLOAD', 'COMMIT', 'IMAGE', 'DEPLOYED', 'BY', 'ROLLOUT'];

/** A table of an environment, in columns, for a person. */
export function formatTable({ environment, namespace, workloads }: EnvironmentStatus): readonly string[] {
  const rows = [HEAD, ...workloads.map(formatRow)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
  return [`${environment} (namespace ${namespace})`, ...lines.map((line) => line.trimEnd())];
}

function formatRow({ workload, images, record, isComplete, progress }: WorkloadStatus): readonly string[] {
  return [
    workload,
    record?.commit.slice(0, 12) ?? 'not known',
    images.map(formatVersion).join(', '),
    record?.time?.replace(/\.\d+Z$/, 'Z') ?? '-',
    record?.job ?? '-',
    isComplete ? progress : `not done: ${progress}`,
  ];
}
