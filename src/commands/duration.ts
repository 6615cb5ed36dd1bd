import { fail, ok, type Result } from '../result.js';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads a duration like `90s`, `10m`, `1h30m`.
 * @returns milliseconds, or what is wrong with the text
 */
export function parseDuration(text: string): Result<number, string> {
  const parts = [...text.matchAll(/(\d{1,9})([smh])/g)];
  const whole = parts.map(([part]) => part).join('');
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
  return whole === text && total > 0
    ? ok(total)
    : fail(`is "${text}", expected a duration like "90s", "10m" or "1h30m"`);
}

/** Milliseconds as a person would say it: `4.2 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
