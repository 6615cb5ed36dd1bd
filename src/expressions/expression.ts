/** Operators between two values ("Using expressions" of the configuration reference). */
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'starts-with' | 'contains' | 'matches';

/** Types of values in expressions. */
export type ScalarType = 'string' | 'number' | 'boolean';

/** Where something stands in the text of an expression, in UTF-16 units from its start. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/**
 * A condition or a value, whichever way it was written: as an expression (`pipeline.git.branch == "main"`), as a logic
 * statement (`equal: [main, << pipeline.git.branch >>]`), or as a text with references.
 */
export type Expression =
  | { readonly kind: 'value'; readonly value: unknown }
  /** `/release-.+/`; only `matches` takes it. */
  | { readonly kind: 'pattern'; readonly source: string }
  /** A value by its name, `pipeline.git.branch`, and its type where that is known. */
  | { readonly kind: 'name'; readonly name: string; readonly span: Span; readonly type?: ScalarType }
  /** Text around expressions: `release-<< pipeline.number >>`. */
  | { readonly kind: 'text'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  /** `equal` of logic statements: whether all are the same. */
  | { readonly kind: 'equal'; readonly operands: readonly Expression[] }
  /** A value as logic statements take it: false, null, 0 and "" are false, all else is true. */
  | { readonly kind: 'truth'; readonly operand: Expression };

/** Something that is wrong with an expression, and where in its text. */
export interface ExpressionProblem {
  /** Where it is not just any mistake of syntax or type. */
  readonly code?: string;
  readonly message: string;
  readonly span: Span;
}
