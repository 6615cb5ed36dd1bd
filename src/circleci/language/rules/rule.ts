import type { Range, Related } from '../../../diagnostic/diagnostic.js';
import type { Mapping } from '../../../yaml/mapping.js';
import type { Path, Yaml } from '../../../yaml/parse.js';
import type { Span } from '../../../yaml/span.js';
import type { Model } from '../model.js';
import type { ShapeProblem } from '../shape/check-shape.js';
import type { Written } from '../written/written.js';

/** How much a finding weighs. A rule that is `off` finds nothing. */
export type Weight = 'off' | 'warning' | 'error';

/**
 * What is checked in a config, and the words of its page, docs/rules/NAME.md. Its examples are test/golden/rules/NAME.
 */
export interface Rule {
  /** The code of its diagnostics is `config/NAME`. */
  readonly name: string;
  readonly group: 'shape' | 'meaning' | 'delivery' | 'security';
  /** An error is only what CircleCI refuses, or what defeats an approval. */
  readonly weight: Weight;
  /** One sentence: what is wrong with a config that it finds something in. */
  readonly summary: string;
  /** What happens when nothing is done about it. */
  readonly why: string;
  /** The page that governs it. */
  readonly source?: string;
  readonly check: (subject: Subject, report: ReportFinding) => void;
}

/** A config that is checked, in every form that rules may want. */
export interface Subject {
  readonly yaml: Yaml;
  readonly config: Mapping;
  /** `2` or `2.1`; in a config of version 2 nothing is replaced and nothing is reused. */
  readonly version: '2' | '2.1';
  /** Whether it is the source of an orb, which other configs use. */
  readonly isOrb: boolean;
  readonly written: Written;
  readonly shape: readonly ShapeProblem[];
  readonly model: Model;
}

/** One thing that a rule has found: by its path, by a stretch of the text, or by its range. */
export type Finding = (
  | {
      readonly path: Path;
      /** Whether the key of the path is meant, or the value behind it. Default: value. */
      readonly at?: 'key' | 'value';
      /** The part of the text at the path that is meant. */
      readonly part?: string;
    }
  | { readonly span: Span }
  | { readonly range: Range }
) &
  Words;

interface Words {
  /** Lower case, no full stop. */
  readonly message: string;
  readonly help?: string;
  /** Where this one weighs less or more than others of the rule. */
  readonly weight?: 'warning' | 'error';
  readonly related?: readonly Related[];
}

export type ReportFinding = (finding: Finding) => void;

/** The code of a rule's diagnostics. */
export function codeOf({ name }: { readonly name: string }): string {
  return `config/${name}`;
}
