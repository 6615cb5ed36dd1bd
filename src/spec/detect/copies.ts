/** What a Dockerfile takes out of its build context: the sources of COPY, ADD and of bind mounts, as written. */
export interface Copies {
  readonly sources: readonly string[];
  /** There are sources that only the build knows, `COPY ${SERVICE} .`. */
  readonly unknown: boolean;
}

/**
 * Reads the sources (Dockerfile reference, COPY, ADD, RUN --mount=type=bind). What is copied from another stage or image,
 * from an address, or from a here-document is not in the build context.
 */
export function readCopies(text: string): Copies {
  const lines = text.replaceAll(/\\[ \t]*\r?\n(?:[ \t]*#.*\n)*/g, ' ').split('\n');
  const all = lines.flatMap((line): readonly string[] => {
    const instruction = /^[ \t]*(COPY|ADD|RUN)[ \t]+(.*)$/i.exec(line);
    const [, word = '', rest = ''] = instruction ?? [];
    if (word.toUpperCase() === 'RUN') return bindSources(rest);
    return instruction === null ? [] : copySources(rest.trim());
  });
  const local = all.filter((source) => !/^[a-z+]+:\/\/|^git@/.test(source));
  return { sources: local.filter((source) => !source.includes('$')), unknown: local.some((one) => one.includes('$')) };
}

function copySources(rest: string): readonly string[] {
  const options = /^(?:--\S+\s+)*/.exec(rest)?.[0] ?? '';
  if (/--from\b/.test(options) || /<<-?["']?\w/.test(rest)) return [];
  const words = rest.slice(options.length);
  const quoted = words.startsWith('[') ? [...words.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, one = '']) => one) : [];
  return (quoted.length > 0 ? quoted : words.split(/\s+/)).slice(0, -1);
}

function bindSources(rest: string): readonly string[] {
  return [...rest.matchAll(/--mount=(\S+)/g)].flatMap(([, mount = '']) => {
    const values = new Map(mount.split(',').map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]));
    if ((values.get('type') ?? 'bind') !== 'bind' || values.has('from')) return [];
    return [values.get('source') ?? values.get('src') ?? '.'];
  });
}
