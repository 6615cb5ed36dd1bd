/** `<< ... >>` in a text, and where. */
export interface Tag {
  /** What stands between the angle brackets. */
  readonly body: string;
  /** Offsets in the text, brackets included. */
  readonly start: number;
  readonly end: number;
}

const TAG = /(?<!(?<!\\)\\)<<(?<mark>[#^/]?)(?<body>(?:(?!<<|>>)[\s\S])*)>>/g;

/** The tags of a text. `\<<` is text. */
export function findTags(text: string): readonly Tag[] {
  if (!text.includes('<<')) return [];
  return [...text.matchAll(TAG)].map(({ index, 0: whole, groups }) => {
    return { body: groups?.['body'] ?? '', start: index, end: index + whole.length };
  });
}

const NAME = /"(?:\\.|[^"\\])*"|\/(?:\\.|[^/\\\n])+\/|(?<name>[A-Za-z][\w-]*(?:\.[\w-]+)+)/g;

/** The dotted names in an expression, `parameters.tag`, without what is quoted. */
export function findNames(expression: string): readonly string[] {
  return [...expression.matchAll(NAME)].flatMap(({ groups }) => groups?.['name'] ?? []);
}

/** The dotted names that the tags of a text use. */
export function findReferences(text: string): readonly string[] {
  return findTags(text).flatMap(({ body }) => findNames(body));
}
