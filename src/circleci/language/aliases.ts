import { mappingOf, own } from '../../yaml/mapping.js';
import type { Orb } from './model.js';
import type { Place } from './place.js';

/**
 * What an opaque orb is called in the compiled config. The config's own orbs keep their aliases; one that is imported by
 * another orb takes the alias of the same orb, or a name that is free.
 * @param aliases what is given already; the new one is added
 */
export function giveAlias(orb: Orb, top: Place, aliases: Map<Orb, string>): string {
  const known = aliases.get(orb);
  if (known !== undefined) return known;
  const imported = mappingOf(mappingOf(top.source.value)['orbs']);
  const outer = orb.place.path.filter((key) => key !== 'orbs').join('-');
  const isOwn = orb.place.source === top.source && orb.place.path.length === 2;
  const same = Object.keys(imported).find((alias) => imported[alias] === orb.reference);
  const taken = (alias: string) =>
    own(imported, alias) !== undefined ||
    [...aliases].some(([other, name]) => name === alias && other.reference !== orb.reference);
  let alias = isOwn ? orb.alias : (same ?? outer);
  for (let number = 2; !isOwn && same === undefined && taken(alias); number++) alias = `${outer}-${number}`;
  aliases.set(orb, alias);
  return alias;
}
