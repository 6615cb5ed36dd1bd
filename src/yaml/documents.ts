/** One document of a text that may hold several. */
export interface DocumentText {
  /** With blanks in place of the dashes that start it. */
  readonly text: string;
  /** Lines of the whole text before it. */
  readonly before: number;
}

/**
 * Cuts a text at the lines that start a document (https://yaml.org/spec/1.2.2/#914-explicit-documents). What has nothing
 * but comments in it is left out.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const documents: DocumentText[] = [];
  let before = 0;
  for (const part of text.split(/^(?=---(?:\s|$))/m)) {
    const document = part.replace(/^---(?=\s|$)/, '   ');
    const lines = document.split('\n');
    if (!lines.every(isBlank)) documents.push({ text: document, before });
    before += lines.length - 1;
  }
  return documents;
}

function isBlank(line: string): boolean {
  return /^(?:\uFEFF|\.\.\.)?\s*(?:#.*)?$/.test(line);
}
