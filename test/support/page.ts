import { readText } from './golden.js';

/** A page of the documentation. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Where `text` begins in the page. */
  readonly at: number;
  /** What the comment before it says, `<!-- shows: .circleci/base.yml -->`: the key and the value. */
  readonly note: { readonly key: string; readonly value: string } | undefined;
}

/** Reads a page with its fenced blocks. */
export function readPage(path: string): Page {
  const text = readText(path) ?? '';
  const found = text.matchAll(/(?:^<!-- (\w+): (.*) -->\n\n?)?^```(\w*)\n([\s\S]*?)^```$/gm);
  const blocks = [...found].map(({ index, 0: whole, 1: key, 2: value, 3: language = '', 4: body = '' }) => ({
    language,
    text: body,
    at: index + whole.length - '```'.length - body.length,
    note: key === undefined || value === undefined ? undefined : { key, value },
  }));
  return { path, text, blocks };
}

/** A page with other texts in some of its blocks. */
export function replaceBlocks(page: Page, texts: ReadonlyMap<Block, string>): string {
  let text = page.text;
  for (const block of page.blocks.toReversed()) {
    const other = texts.get(block);
    if (other !== undefined) text = text.slice(0, block.at) + other + text.slice(block.at + block.text.length);
  }
  return text;
}
