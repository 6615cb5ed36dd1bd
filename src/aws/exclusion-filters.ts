/**
 * What is wrong with filters that exclude tags from being immutable; undefined where nothing is. `*` stands for any text.
 * A filter that could match the tag of a commit, of one of its platforms, or what one of the environments has passed would
 * let proofs move, and is refused.
 * @param environments names, as far as they are known
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html
 */
export function findBadFilter(filters: readonly string[], environments: readonly string[]): string | undefined {
  if (filters.length > 5) return `there are ${filters.length} filters, and ECR takes up to five`;
  for (const filter of filters) {
    if (!/^[0-9A-Za-z._*-]{1,128}$/.test(filter)) {
      return `${JSON.stringify(filter)} is no filter: expected up to 128 letters, digits, "." "_" "-", and "*" for any text`;
    }
    if (filter.split('*').length > 3) return `${filter} has more than two "*", which is what ECR takes`;
    if (overlaps(filter, COMMIT) || overlaps(filter, [...COMMIT, '-', ANY])) {
      return `${filter} could match the tag of a commit, which must never move`;
    }
    const environment = environments.find((name) => overlaps(filter, [...name, '.', ...COMMIT]));
    if (environment !== undefined) {
      return `${filter} could match ${environment}.<commit>, the proof that ${environment} has run an image`;
    }
  }
  return undefined;
}

/** A part of a form of tags: a character, one hexadecimal digit, or any text. */
type Part = string | typeof HEX | typeof ANY;
const HEX = Symbol('a hexadecimal digit');
const ANY = Symbol('any text');
const COMMIT: readonly Part[] = Array.from({ length: 40 }, () => HEX);

/** Whether there is a text that the filter and the form both match. */
function overlaps(filter: string, form: readonly Part[]): boolean {
  const parts = [...filter].map((part) => (part === '*' ? ANY : part));
  // Where in the form one can be after the parts so far: a place before each of its parts, and one behind the last.
  let places = passAny(new Set([0]), form);
  for (const part of parts) {
    const next = new Set<number>();
    for (const place of places) {
      if (part === ANY) for (let later = place; later <= form.length; later++) next.add(later);
      else if (form[place] === ANY) next.add(place);
      else if (matches(part, form[place])) next.add(place + 1);
    }
    places = passAny(next, form);
  }
  return places.has(form.length);
}

/** The places, and those behind an `ANY` that may stand for no text. */
function passAny(places: ReadonlySet<number>, form: readonly Part[]): Set<number> {
  const reached = new Set(places);
  for (const place of reached) if (form[place] === ANY) reached.add(place + 1);
  return reached;
}

function matches(character: string, part: Part | undefined): boolean {
  return part === HEX ? /[0-9a-f]/i.test(character) : character === part;
}
