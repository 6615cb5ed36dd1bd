/** One record of a container's log file, as the runtime writes it: a line, or a part of a long one. */
export interface LogRecord {
  readonly second: number;
  readonly nano: number;
  /** Whether the line goes on in a later record. */
  readonly isPartial: boolean;
  readonly text: string;
}

/**
 * What the kubelet answers for the log with timestamps: records that are stamped before `since` are left out one by one,
 * and a stamp stands where a line begins, also where its beginning was left out.
 * @param since seconds since 1970
 * @see https://github.com/kubernetes/cri-client/blob/v0.34.4/pkg/logs/logs.go (ReadLogs)
 */
export function kubeletLog(records: readonly LogRecord[], since: number, timestamps: boolean): string {
  let isNewLine = true;
  let out = '';
  for (const { second, nano, isPartial, text } of records) {
    if (second >= since) {
      const stamp = `${new Date(second * 1000).toISOString().slice(0, 19)}.${String(nano).padStart(9, '0')}Z `;
      out += `${timestamps && isNewLine ? stamp : ''}${text}${isPartial ? '' : '\n'}`;
    }
    isNewLine = !isPartial;
  }
  return out;
}
