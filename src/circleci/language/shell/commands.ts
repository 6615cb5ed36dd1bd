import { type Token, tokenize } from './tokens.js';

/** One simple command of a script: `kubectl apply -f app.yaml`. */
export interface ShellCommand {
  /** Its first line as it is written. */
  readonly source: string;
  /** Without quotes; variables and substitutions stay as they are written. */
  readonly words: readonly string[];
  /** Variables set in front of it, or by it when it has no words. */
  readonly assigned: Readonly<Record<string, string>>;
  /** The operator behind it: `&&`, `||`, `|`, `&`, `;` or a line end. */
  readonly after: string;
  /** Whether it stands in a branch of `if` or `case`, in a function, or behind `||` or a test and `&&`: it may not run. */
  readonly guarded: boolean;
  /** Whether it runs because the one before it failed. */
  readonly onFailure: boolean;
  /** Whether what it answers decides something: the condition of `if`, `while` or `until`, or what `!` turns round. */
  readonly asked: boolean;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)\+?=(.*)$/s;
/** Programs that answer yes or no; what stands behind `&&` after one of them is conditional. */
const TESTS = new Set(['[', '[[', 'test', 'grep', 'command', 'which', 'git']);
/** Operators behind which a list goes on, on the next line if need be. */
const CONNECTORS = new Set(['&&', '||', '|', '|&']);
/** Deeper than this nobody writes, and no more is read. */
const DEEPEST = 50;

/**
 * The simple commands of a script, in the order in which they are written; those in a substitution come before the command
 * that they are part of. Nothing is expanded, nothing is run, and nothing fails: what cannot be read is left out.
 */
export function readCommands(script: string): readonly ShellCommand[] {
  return new CommandReader(script, 0).run();
}

interface Surroundings {
  readonly guarded: boolean;
  readonly asked: boolean;
  readonly onFailure: boolean;
}

class CommandReader {
  readonly #commands: ShellCommand[] = [];
  readonly #script: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth: number;

  constructor(script: string, depth: number) {
    this.#script = script;
    this.#tokens = tokenize(script);
    this.#depth = depth;
  }

  run(): readonly ShellCommand[] {
    const top = { guarded: false, asked: false, onFailure: false };
    // A stray `)` or `fi` ends a list; what follows it is read all the same.
    while (this.#at < this.#tokens.length) {
      this.#readList([], top);
      this.#at++;
    }
    return this.#commands;
  }

  /** Reads commands up to one of the keywords or operators, which stays where it is. */
  #readList(stops: readonly string[], around: Surroundings): void {
    let [guarded, onFailure, asked] = [around.guarded, around.onFailure, around.asked];
    this.#depth++;
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || (stops.includes(token.text) && (token.kind === 'operator' || token.plain))) break;
      if (token.kind === 'operator' && token.text !== '(') {
        if (token.text === ')') break;
        const goesOn = [token.text, this.#previous()].some((text) => CONNECTORS.has(text));
        if (!goesOn) {
          [guarded, onFailure, asked] = [around.guarded, around.onFailure, around.asked];
        }
        this.#at++;
        continue;
      }
      const last = this.#readCommand(token, { guarded, asked, onFailure });
      const next = this.#tokens[this.#at];
      const after = next?.kind === 'operator' ? next.text : '\n';
      asked = around.asked;
      if (after === '||') [guarded, onFailure] = [true, true];
      if (after === '&&') [guarded, onFailure] = [guarded || TESTS.has(last), around.onFailure];
    }
    this.#depth--;
  }

  /** @returns the program that it called last, as far as that is known */
  #readCommand(token: Token, around: Surroundings): string {
    const body = { ...around, guarded: true };
    if (this.#depth > DEEPEST) this.#at++;
    else if (token.kind === 'operator') this.#readBlock([')'], around);
    else if (!token.plain) return this.#readSimple(around);
    else {
      switch (token.text) {
        case 'if':
          this.#readBlock(['then'], { ...around, asked: true });
          while (['elif', 'else', 'then'].includes(this.#previous())) {
            if (this.#previous() === 'elif') this.#readList(['then', 'fi'], { ...body, asked: true });
            else this.#readList(['elif', 'else', 'fi'], body);
            this.#at++;
          }
          return '[';
        case 'while':
        case 'until':
          this.#readBlock(['do'], { ...around, asked: true });
          this.#readList(['done'], around);
          this.#at++;
          break;
        case 'for':
        case 'select':
          this.#skipTo(['do']);
          this.#readList(['done'], around);
          this.#at++;
          break;
        case 'case':
          this.#skipTo(['in']);
          while (this.#at < this.#tokens.length && !['esac'].includes(this.#previous())) {
            this.#skipTo([')', 'esac']);
            if (this.#previous() === ')') this.#readBlock([';;', ';&', ';;&', 'esac'], body, 0);
          }
          break;
        case '{':
          this.#readBlock(['}'], around);
          break;
        case '!':
        case 'time':
          this.#at++;
          return this.#readSimple({ ...around, asked: around.asked || token.text === '!' });
        default:
          return this.#readSimple(around);
      }
    }
    return '';
  }

  /** Reads a list that starts behind a keyword, and the keyword that ends it. */
  #readBlock(stops: readonly string[], around: Surroundings, behind = 1): void {
    this.#at += behind;
    this.#readList(stops, around);
    this.#at++;
  }

  #previous(): string {
    return this.#tokens[this.#at - 1]?.text ?? '';
  }

  #skipTo(texts: readonly string[]): void {
    while (this.#at < this.#tokens.length && !texts.includes(this.#tokens[this.#at]?.text ?? '')) this.#at++;
    this.#at++;
  }

  #readSimple(around: Surroundings): string {
    const words: Token[] = [];
    let token = this.#tokens[this.#at];
    for (; token?.kind === 'word'; token = this.#tokens[++this.#at]) words.push(token);
    if (token?.text === '(' && words.length > 0) {
      // The start of a function, whose body is the next command.
      this.#skipTo([')']);
      while (this.#tokens[this.#at]?.text === '\n') this.#at++;
      const first = this.#tokens[this.#at];
      if (first !== undefined) this.#readCommand(first, { ...around, guarded: true });
      return '';
    }
    return this.#add(words, token?.text ?? '\n', around);
  }

  #add(tokens: readonly Token[], after: string, around: Surroundings): string {
    const assigned: Record<string, string> = {};
    const words: string[] = [];
    for (const token of tokens) {
      if (token.kind === 'word' && this.#depth < DEEPEST) {
        for (const script of token.inner) {
          const inner = new CommandReader(script, this.#depth + 10).run();
          this.#commands.push(...inner.map((one) => ({ ...one, guarded: one.guarded || around.guarded })));
        }
      }
      const match = words.length === 0 ? ASSIGNMENT.exec(token.text) : null;
      if (match === null) words.push(token.text);
      else assigned[match[1] ?? ''] = match[2] ?? '';
    }
    const [first, last] = [tokens[0], tokens.at(-1)];
    if (first?.kind === 'word' && last?.kind === 'word') {
      const [source = ''] = this.#script.slice(first.start, last.end).split(/\\?\n/);
      this.#commands.push({ ...around, source: source.trim(), words, assigned, after });
    }
    return words[0] ?? '';
  }
}
