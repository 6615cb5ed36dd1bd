import { quote, quoteList } from '../../diagnostic/quote.js';
import { mappingOf } from '../../yaml/mapping.js';
import type { Compiler } from './compiler.js';
import type { Status } from './model.js';
import { inside, type Place } from './place.js';

/** Every status that a job can end with; `terminal` stands for all of them. */
const STATUSES: readonly Status[] = ['success', 'failed', 'canceled', 'unauthorized', 'not_run'];

/** One entry of `requires` as written. */
export interface WrittenRequirement {
  readonly name: string;
  readonly statuses: readonly Status[];
  readonly place: Place;
}

/** The entries of `requires`: names, or mappings of a name to a status or a list of them. */
export function readRequires(value: unknown, place: Place, compiler: Compiler): readonly WrittenRequirement[] {
  if (value === undefined || value === null) return [];
  return [value].flat().flatMap((item: unknown, index) => {
    const here = Array.isArray(value) ? inside(place, index) : place;
    if (typeof item !== 'object' || item === null) return [{ name: String(item), statuses: ['success'], place: here }];
    return Object.entries(mappingOf(item)).map(([name, status]) => {
      const at = inside(here, name);
      return { name, statuses: readStatuses(status, at, compiler), place: at };
    });
  });
}

function readStatuses(value: unknown, place: Place, compiler: Compiler): readonly Status[] {
  return [value].flat().flatMap((written): readonly Status[] => {
    if (written === 'terminal') return STATUSES;
    const status = STATUSES.find((one) => one === written);
    if (status !== undefined) return [status];
    const message = `the status is ${quote(written)}, expected one of ${quoteList([...STATUSES, 'terminal'])}`;
    compiler.report({ ...place, code: 'wrong-status', message });
    return [];
  });
}
