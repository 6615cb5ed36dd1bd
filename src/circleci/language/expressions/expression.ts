/** What an expression can be worth. */
export type Scalar = string | number | boolean | null;

/** Operators between two values, with their meaning in the configuration reference ("Using expressions"). */
export type Operator = '==' | '!=' | 'starts-with' | '<' | '<=' | '>' | '>=';

/**
 * A condition, whichever way it was written: as an expression (`pipeline.git.branch == "main"`) or as a logic statement
 * (`equal: [main, << pipeline.git.branch >>]`). Offsets count UTF-16 units from the start of the expression's text.
 */
export type Expression =
  | { readonly kind: 'value'; readonly value: unknown }
  /** A value by its name, `pipeline.git.branch`. */
  | { readonly kind: 'name'; readonly name: string; readonly offset: number }
  /** Text around expressions: `release-<< pipeline.number >>`. */
  | { readonly kind: 'text'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'equal'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
      readonly offset: number;
    }
  /** `whole`: the pattern must match all of the value, as that of a logic statement must. */
  | {
      readonly kind: 'matches';
      readonly value: Expression;
      readonly pattern: Expression;
      readonly whole: boolean;
      readonly offset: number;
    };
