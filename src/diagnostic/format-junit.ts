import type { Diagnostic } from './diagnostic.js';

/**
 * Diagnostics as JUnit XML, which CircleCI's store_test_results shows: one failed test case per error, none for
 * warnings, and one that passed per file without an error.
 * @param files the files that were looked at
 */
export function formatJunit(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const failed = errors.map(failedCase);
  const good = files.filter((file) => errors.every((error) => error.file !== file)).map(passedCase);
  const cases = [...failed, ...good];
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="gen-config" tests="${cases.length}" failures="${failed.length}">
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}

function failedCase({ code, message, file, range, help }: Diagnostic): string {
  const place = `${file}:${range.start.line}:${range.start.column}`;
  const text = help === undefined ? place : `${place}\nhelp: ${help}`;
  return `    <testcase classname="${xml(file)}" name="${xml(`${code} at line ${range.start.line}`)}" file="${xml(file)}">
      <failure message="${xml(message)}">${xml(text)}</failure>
    </testcase>`;
}

function passedCase(file: string): string {
  return `    <testcase classname="${xml(file)}" name="has no problem" file="${xml(file)}"/>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Text for XML 1.0: its own characters as entities, and no control characters, which it cannot hold. */
function xml(text: string): string {
  return text.replaceAll(/[&<>"\n]/g, (one) => ENTITIES[one] ?? '').replaceAll(/\p{Cc}/gu, ' ');
}
