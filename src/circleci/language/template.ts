import type { Expression, ExpressionProblem } from '../../expressions/expression.js';
import { parseExpression } from '../../expressions/parse.js';
import { fail, ok, type Result } from '../../result.js';

/** A text with its references: `release-<< pipeline.number >>`. */
export type Template = readonly Part[];

export type Part =
  /** As it is written: a `<<` that is meant as text is still `\<<`. */
  | { readonly kind: 'text'; readonly text: string }
  /** `offset`: where the expression starts in the text. */
  | { readonly kind: 'tag'; readonly expression: Expression; readonly offset: number }
  /** `<<# name >>...<</ name >>`, which stays where the value is true; with `^` where it is not. */
  | { readonly kind: 'section'; readonly name: string; readonly inverted: boolean; readonly parts: Template };

/** Every sign that means something: an escaped `<<`, the start of a tag, and its end. */
const SIGNS = /\\?\\<<[#^/]?|<<[#^/]?|>>/g;

/** A name in a section, or in a tag that is no expression (parameters may be named like an address). */
const LAX_NAME = /^[\w-]+(?:\.\S+)*$/;

export const ESCAPE_HINT = 'where "<<" is meant as text, a here-document for one, write "\\<<"';

/** Whether a text may have references, or escaped ones. */
export function isTemplate(text: string): boolean {
  return text.includes('<<');
}

const parsed = new Map<string, Result<Template, ExpressionProblem>>();

/**
 * Parses a text as CircleCI's compiler does. What it finds wrong is what CircleCI says: a tag that nothing closes, and
 * expressions that are none.
 */
export function parseTemplate(text: string): Result<Template, ExpressionProblem> {
  let result = parsed.get(text);
  if (result === undefined) {
    if (parsed.size > 10_000) parsed.clear();
    result = new TemplateParser(text).parse();
    parsed.set(text, result);
  }
  return result;
}

interface Open {
  readonly name: string;
  readonly inverted: boolean;
  readonly offset: number;
  readonly parts: Part[];
}

/** Characters between `<<` and `>>` that CircleCI takes. */
const LONGEST_EXPRESSION = 2048;

/** Sections in each other; more is not written by people. */
const DEEPEST = 50;

class TemplateParser {
  private readonly open: Open[] = [{ name: '', inverted: false, offset: 0, parts: [] }];
  constructor(private readonly text: string) {}

  parse(): Result<Template, ExpressionProblem> {
    const signs = [...this.text.matchAll(SIGNS)].filter(([sign]) => !/^\\<<[#^/]?$/.test(sign));
    let at = 0;
    for (let index = 0; index < signs.length; index++) {
      const [sign, start] = [signs[index]?.[0] ?? '', signs[index]?.index ?? 0];
      if (sign === '>>') continue; // an end without a start is text: `>> log.txt`
      const backslash = sign.startsWith('\\') ? 1 : 0;
      this.addText(this.text.slice(at, start + backslash));
      const end = signs[++index];
      const bodyStart = start + sign.length;
      const offset = start + sign.indexOf('<<');
      if (end?.[0] !== '>>') {
        const message = `there is a "<<" without a ">>" after it: ${ESCAPE_HINT}`;
        return fail({ code: 'unclosed-reference', message, span: { offset, length: 2 } });
      }
      const problem = this.addTag(sign.at(-1) ?? '', this.text.slice(bodyStart, end.index), bodyStart, offset);
      if (problem !== undefined) return fail(problem);
      at = end.index + 2;
    }
    this.addText(this.text.slice(at));
    const [top, unclosed] = this.open;
    if (unclosed === undefined) return ok(top?.parts ?? []);
    const message = `the section "${unclosed.name}" has no end, expected "<</ ${unclosed.name} >>"`;
    return fail({ message, span: { offset: unclosed.offset, length: 3 } });
  }

  private add(part: Part): void {
    this.open.at(-1)?.parts.push(part);
  }

  private addText(text: string): void {
    if (text !== '') this.add({ kind: 'text', text });
  }

  private addTag(sign: string, body: string, bodyStart: number, offset: number): ExpressionProblem | undefined {
    const name = body.trim();
    if (sign === '<') return this.addExpression(body, bodyStart, offset);
    if (!LAX_NAME.test(name))
      return {
        message: `expected a name, found "${name}"`,
        span: { offset: bodyStart, length: Math.max(1, body.length) },
      };
    if (sign !== '/') {
      if (this.open.length > DEEPEST)
        return { message: `more than ${DEEPEST} sections in each other`, span: { offset, length: 3 } };
      this.open.push({ name, inverted: sign === '^', offset, parts: [] });
      return undefined;
    }
    const section = this.open.length > 1 ? this.open.pop() : undefined;
    if (section?.name !== name) return { message: `"<</ ${name} >>" closes no section`, span: { offset, length: 3 } };
    this.add({ kind: 'section', name, inverted: section.inverted, parts: section.parts });
    return undefined;
  }

  private addExpression(body: string, bodyStart: number, offset: number): ExpressionProblem | undefined {
    const name = body.trim();
    if (name === '')
      return { message: `there is nothing between "<<" and ">>": ${ESCAPE_HINT}`, span: { offset, length: 2 } };
    if (body.length > LONGEST_EXPRESSION) {
      const message = `the expression has ${body.length} characters, expected at most ${LONGEST_EXPRESSION}`;
      return { message, span: { offset: bodyStart, length: body.length } };
    }
    const expression = parseExpression(body);
    if (expression.ok) {
      this.add({ kind: 'tag', expression: expression.value, offset: bodyStart });
      return undefined;
    }
    if (LAX_NAME.test(name)) {
      const span = { offset: body.indexOf(name), length: name.length };
      this.add({ kind: 'tag', expression: { kind: 'name', name, span }, offset: bodyStart });
      return undefined;
    }
    const { message, span } = expression.error;
    return { message: `in "<<${body}>>": ${message}`, span: { ...span, offset: bodyStart + span.offset } };
  }
}
