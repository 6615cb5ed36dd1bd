/** A piece of shell text: a word without its quotes, or an operator that ends a command. */
export type Token =
  | {
      readonly kind: 'word';
      readonly text: string;
      /** Nothing of it is in quotes, so that it can be a keyword. */
      readonly plain: boolean;
      /** Where it stands in the script, quotes and all. */
      readonly start: number;
      readonly end: number;
      /** Commands that stand in the word: what is in `$(...)` and between backticks. */
      readonly inner: readonly string[];
    }
  | { readonly kind: 'operator'; readonly text: string };

/** References to values that CircleCI puts in before the shell sees the text; they are part of a word. */
const REFERENCE = /<<(?:[^<>\n]|[<>]=?(?=[\s\d]))*?>>/y;
const HERE_DOCUMENT = /\\?<<-?[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([\w.-]+))/y;
const REDIRECTION = /(?:\d*(?:>>|>\||>&|<&|<>|>|<)|&>>?)[ \t]*(?:&?\d+-?(?=\s|$|;|\)))?/y;
const OPERATOR = /&&|\|\||;;&?|;&|\|&|[;|&\n()]/y;

/** What operators, redirections and here-documents start with; the backslash is that of `\\<<`. */
const SIGNS = new Set([...'<>&|;()\n\\']);
/** What means nothing but itself, without quotes and in double quotes. */
const QUOTED = /[^"\\$`]+/y;
const PLAIN = /[^\s'"\\$`<>&|;()#]+/y;

/**
 * Splits shell text into words and operators, as a POSIX shell would, but never fails: what is open at the end is closed
 * there. Redirections and here-documents are left out, variables stay text.
 */
export function tokenize(text: string): readonly Token[] {
  return new Tokenizer(text).run();
}

class Tokenizer {
  readonly #tokens: Token[] = [];
  readonly #text: string;
  #at = 0;
  #word: { text: string; plain: boolean; readonly start: number; readonly inner: string[] } | undefined;
  /** Here-documents that were announced on this line. */
  #pending: string[] = [];
  /** The next word is what a redirection points at. */
  #redirected = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Token[] {
    while (this.#at < this.#text.length) this.#step();
    this.#endWord();
    return this.#tokens;
  }

  #step(): void {
    const char = this.#text[this.#at] ?? '';
    if (char === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2;
    else if (char === ' ' || char === '\t' || char === '\r') {
      this.#endWord();
      this.#at++;
    } else if (char === '#' && this.#word === undefined) this.#at = this.#find('\n', this.#at);
    else if (!SIGNS.has(char) || !this.#takeSign()) this.#takeWordPart(char);
  }

  /** Operators, redirections and here-documents; false where none starts here. */
  #takeSign(): boolean {
    const reference = this.#peek(REFERENCE);
    if (reference !== undefined) {
      this.#add(reference);
      this.#at += reference.length;
      return true;
    }
    if (this.#text.startsWith('<<<', this.#at)) return this.#redirect(3);
    const document = this.#match(HERE_DOCUMENT);
    if (document !== undefined) {
      this.#endWord();
      this.#pending.push(document[1] ?? document[2] ?? document[3] ?? '');
      return true;
    }
    const digitsOnly = this.#word === undefined || /^\d+$/.test(this.#word.text);
    const redirection = this.#peek(REDIRECTION);
    if (redirection !== undefined && !/^\d/.test(redirection)) {
      if (digitsOnly) this.#word = undefined;
      this.#at += redirection.length;
      return this.#redirect(0, !/\d-?$/.test(redirection));
    }
    const operator = this.#match(OPERATOR)?.[0];
    if (operator === undefined) return false;
    this.#endWord();
    this.#redirected = false;
    this.#tokens.push({ kind: 'operator', text: operator });
    if (operator === '\n') this.#skipDocuments();
    return true;
  }

  #redirect(length: number, hasTarget = true): true {
    this.#at += length;
    this.#endWord();
    this.#redirected = hasTarget;
    return true;
  }

  #takeWordPart(char: string): void {
    switch (char) {
      case "'": {
        const end = this.#find("'", this.#at + 1);
        this.#add(this.#text.slice(this.#at + 1, end), false);
        this.#at = end + 1;
        return;
      }
      case '"':
        this.#takeQuoted();
        return;
      case '\\':
        this.#add(this.#text[this.#at + 1] ?? '', false);
        this.#at += 2;
        return;
      case '$':
      case '`':
        this.#takeSubstitution();
        return;
      default: {
        const plain = this.#peek(PLAIN) ?? char;
        this.#add(plain);
        this.#at += plain.length;
      }
    }
  }

  #takeQuoted(): void {
    this.#add('', false);
    this.#at++;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (char === '"') {
        this.#at++;
        return;
      }
      if (char === '$' || char === '`') this.#takeSubstitution();
      else if (char === '\\' && '"\\$`\n'.includes(this.#text[this.#at + 1] ?? ' ')) {
        const escaped = this.#text[this.#at + 1] ?? '';
        if (escaped !== '\n') this.#add(escaped, false);
        this.#at += 2;
      } else {
        const plain = this.#peek(QUOTED) ?? char;
        this.#add(plain, false);
        this.#at += plain.length;
      }
    }
  }

  /** `$(...)`, `${...}`, backticks, or a dollar sign alone. */
  #takeSubstitution(): void {
    const start = this.#at;
    this.#open();
    const next = this.#text[start + 1];
    if (this.#text[start] === '`') {
      const end = this.#find('`', start + 1);
      this.#open().inner.push(this.#text.slice(start + 1, end));
      this.#at = end + 1;
    } else if (next === '(' || next === '{') {
      const end = closingOf(this.#text, start + 1);
      if (next === '(') this.#open().inner.push(this.#text.slice(start + 2, end));
      this.#at = end + 1;
    } else this.#at++;
    this.#add(this.#text.slice(start, this.#at));
  }

  #add(text: string, plain = true): void {
    const word = this.#open();
    word.text += text;
    word.plain &&= plain;
  }

  /** The word that is being read, or a new one that starts here. */
  #open(): { text: string; plain: boolean; readonly start: number; readonly inner: string[] } {
    this.#word ??= { text: '', plain: true, start: this.#at, inner: [] };
    return this.#word;
  }

  #endWord(): void {
    const word = this.#word;
    this.#word = undefined;
    if (word === undefined) return;
    if (!this.#redirected) this.#tokens.push({ kind: 'word', ...word, end: this.#at });
    this.#redirected = false;
  }

  #skipDocuments(): void {
    for (const delimiter of this.#pending) {
      while (this.#at < this.#text.length) {
        const end = this.#find('\n', this.#at);
        const line = this.#text.slice(this.#at, end).trim();
        this.#at = end + 1;
        if (line === delimiter) break;
      }
    }
    this.#pending = [];
  }

  #find(sign: string, from: number): number {
    const at = this.#text.indexOf(sign, from);
    return at < 0 ? this.#text.length : at;
  }

  #peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}

/** Where the bracket at an offset is closed, quotes and inner brackets counted in; the end of the text if nowhere. */
function closingOf(text: string, from: number): number {
  const open = text[from] ?? '(';
  const close = open === '{' ? '}' : ')';
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === "'" && open === '(') {
      const end = text.indexOf("'", at + 1);
      at = end < 0 ? text.length : end;
    } else if (char === open) depth++;
    else if (char === close && --depth === 0) return at;
  }
  return text.length;
}
