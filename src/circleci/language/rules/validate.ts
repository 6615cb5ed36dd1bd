import { type Diagnostic, type Range, sortDiagnostics } from '../../../diagnostic/diagnostic.js';
import { isMapping } from '../../../yaml/mapping.js';
import { parseYaml, type Yaml } from '../../../yaml/parse.js';
import { type CompileOptions, compileConfig } from '../compile.js';
import { checkShape } from '../shape/check-shape.js';
import { config as configShape } from '../shape/config.js';
import { readWritten } from '../written/read-written.js';
import { rules } from './list.js';
import { notYaml } from './meaning/not-yaml.js';
import { codeOf, type Finding, type Rule, type Subject, type Weight } from './rule.js';
import { withoutShadowed } from './shape/shadowed.js';
import { isSuppressed, readSuppressions } from './suppressions.js';

export interface ValidateOptions extends Omit<CompileOptions, 'unused'> {
  /** What the user wants of a rule, by its name, in place of the rule's own weight. */
  readonly weights?: Readonly<Record<string, Weight>>;
}

/**
 * All problems of a config, or of the source of an orb, whatever the `when` of its workflows says.
 * @param file the name that diagnostics carry
 */
export function validateConfig(text: string, file: string, options: ValidateOptions = {}): readonly Diagnostic[] {
  const yaml = parseYaml(text, file, codeOf(notYaml), '1.1');
  if (!yaml.ok) return yaml.error;
  const suppressions = readSuppressions(yaml.value);
  const subject = readSubject(yaml.value, options);
  const diagnostics = rules
    .flatMap((rule) => runRule(rule, options.weights?.[rule.name], subject))
    .filter((diagnostic) => !isSuppressed(diagnostic, suppressions));
  return sortDiagnostics(diagnostics);
}

/** Everything that rules look at. */
function readSubject(yaml: Yaml, options: CompileOptions): Subject {
  const config = isMapping(yaml.value) ? yaml.value : {};
  const written = readWritten(config);
  const isOrb =
    config['workflows'] === undefined && ['description', 'display', 'examples'].some((key) => key in config);
  return {
    yaml,
    config,
    version: String(config['version'] ?? '2.1').startsWith('2.1') ? '2.1' : '2',
    isOrb,
    written,
    shape: withoutShadowed(checkShape(yaml.value, configShape), written),
    // An orb has no workflows, and does not run a job "build" without one.
    model: compileConfig(
      { file: yaml.file, value: isOrb ? { ...config, workflows: {} } : config, yaml },
      { ...options, unused: true },
    ),
  };
}

function runRule(rule: Rule, wanted: Weight | undefined, subject: Subject): readonly Diagnostic[] {
  const weight = wanted ?? rule.weight;
  if (weight === 'off') return [];
  const found: Diagnostic[] = [];
  let more = 0;
  rule.check(subject, (finding) => {
    if (found.length >= MOST && more++ > 0) return;
    found.push(diagnose(finding, rule, wanted === undefined ? (finding.weight ?? weight) : weight, subject.yaml));
  });
  const last = found[MOST];
  return last === undefined ? found : [...found.slice(0, MOST), { ...last, message: `and ${more} more of these` }];
}

/** Findings of one rule that are shown: people stop reading long before, and a broken file can have a million. */
const MOST = 1_000;

function diagnose(finding: Finding, rule: Rule, weight: 'warning' | 'error', yaml: Yaml): Diagnostic {
  const { message, help, related } = finding;
  return {
    code: codeOf(rule),
    severity: weight,
    message,
    file: yaml.file,
    range: rangeOf(finding, yaml),
    ...(help === undefined ? {} : { help }),
    ...(related === undefined ? {} : { related }),
  };
}

function rangeOf(finding: Finding, yaml: Yaml): Range {
  if ('range' in finding) return finding.range;
  if ('span' in finding) return yaml.range(finding.span);
  if (finding.part !== undefined) return yaml.partRange(finding.path, finding.part.split('\n')[0] ?? '');
  return finding.at === 'key' ? yaml.keyRange(finding.path) : yaml.valueRange(finding.path);
}
