import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './golden.js';

/** The pages of the documentation, by their paths. */
export const documents: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'examples/shop/README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

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
  /** What comments say between the block before and this one: `shows` for `<!-- shows: .circleci/base.yml -->`. */
  readonly notes: Readonly<Record<string, string>>;
}

/** Reads a page with its fenced blocks. */
export function readPage(path: string): Page {
  const text = readText(path) ?? '';
  let end = 0;
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((found): Block => {
    const { index, 0: whole, 1: language = '', 2: body = '' } = found;
    const comments = text.slice(end, index).matchAll(/^<!-- (\w+): (.*) -->$/gm);
    const notes = Object.fromEntries([...comments].map(([, key = '', value = '']) => [key, value]));
    end = index + whole.length;
    return { language, text: body, at: end - '```'.length - body.length, notes };
  });
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
