import type { Diagnostic, Range, Severity } from './diagnostic.js';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** Diagnostics as SARIF 2.1.0 (OASIS), which code hosts show beside the lines. */
export function formatSarif(diagnostics: readonly Diagnostic[], version: string): string {
  const rules = [...new Set(diagnostics.map(({ code }) => code))].sort().map((id) => ({ id }));
  const results = diagnostics.map(({ code, severity, message, file, range, help, related = [] }) => ({
    ruleId: code,
    level: LEVELS[severity],
    message: { text: help === undefined ? message : `${message} (help: ${help})` },
    locations: [{ physicalLocation: location(file, range) }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((other) => ({
            message: { text: other.message },
            physicalLocation: location(other.file, other.range),
          })),
        }),
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'gen-config', version, rules } }, results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function location(file: string, { start, end }: Range) {
  const region = { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
  return { artifactLocation: { uri: encodeURI(file) }, region };
}
