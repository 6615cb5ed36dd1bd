import { CORE_SCHEMA, constructFromEvents, load, parseEvents, YAML11_SCHEMA } from 'js-yaml';
import t from 'tap';
import { makeOrb } from '../../src/circleci/orb/orb.js';
import { schema } from '../../src/spec/schema.js';
import { mappingOf } from '../../src/yaml/mapping.js';
import { generateAll, generateText, RELEASE } from '../support/generate.js';
import { HOSTILE } from '../support/hostile.js';
import { processConfig } from '../support/process-config.js';

type Mapping = Readonly<Record<string, unknown>>;
type Place = readonly string[];

/** The orb is imported, so that a config is short; what the inline orb adds is the same for every spec. */
const ORB = 'acme/build-once@1.2.3';
const imports = { [ORB]: { commands: makeOrb(RELEASE).commands } };

/** Every place of the schema where a string may stand: keys by name, `*` for a name of the user's, `[]` for an item. */
function stringPlaces(node: Mapping, at: Place = []): readonly Place[] {
  const { type, properties, additionalProperties, propertyNames, items } = node;
  return [
    ...([type].flat().includes('string') ? [at] : []),
    ...Object.entries(mappingOf(properties)).flatMap(([key, member]) => stringPlaces(mappingOf(member), [...at, key])),
    ...(typeof additionalProperties === 'object'
      ? [
          ...stringPlaces(mappingOf(additionalProperties), [...at, '*']),
          ...(propertyNames === undefined ? [] : [[...at, '*name']]),
        ]
      : []),
    ...(items === undefined ? [] : stringPlaces(mappingOf(items), [...at, '[]'])),
  ];
}

/** The pattern that the schema has for a place. */
function patternAt(place: Place): unknown {
  let node: Mapping = schema as unknown as Mapping;
  for (const key of place) {
    const next = key === '[]' ? node['items'] : key === '*' ? node['additionalProperties'] : node[key];
    node = mappingOf(next ?? mappingOf(node['properties'])[key]);
  }
  return node['pattern'];
}

/** A spec in which every key may stand: what a place needs beside it is there, and what excludes it is not. */
function specWith(place: Place, text: string): Mapping {
  if (place[0] !== 'services') return mappingOf(put(wholeFor(place), place, text));
  // A service is a spec of its own.
  const { version, orb, ...service } = wholeFor(place.slice(2));
  return mappingOf(put({ version, orb, services: { api: { paths: ['api'], ...service } } }, place, text));
}

function wholeFor(place: Place): Mapping {
  const has = (...keys: readonly string[]) => keys.every((key) => place.includes(key));
  const kubernetes = has('kubernetes', 'eks') || has('kubernetes', 'region') ? { eks: 'e', region: 'us-east-1' } : {};
  const access = Object.keys(kubernetes).length > 0 ? kubernetes : { kubeconfig: 'K' };
  const whole: Mapping = {
    version: 1,
    orb: ORB,
    component: 'shop',
    // What runs always, where a test has filters.
    ...(has('filters') ? { check: true } : {}),
    image: { repository: has('workload_identity') ? 'eu-docker.pkg.dev/acme/shop/web' : 'ghcr.io/acme/shop' },
    environments: {
      first: { branch: 'main', kubernetes: { ...access, namespace: 'first', workloads: ['deployment/web'] } },
      ...(place[0] === 'environments'
        ? {
            second: {
              ...(has('branch') ? { branch: 'other' } : has('tag') ? { tag: 'v' } : { after: 'first' }),
              approval: 'request_second',
              kubernetes: { ...access, namespace: 'second', workloads: ['deployment/web'] },
            },
          }
        : {}),
    },
  };
  // A place that is shared must not be overruled by the environments.
  if (place[0] === 'defaults') {
    const given = place[1] === 'kubernetes' ? (place[2] ?? '') : '';
    const { first } = mappingOf(whole['environments']);
    delete (mappingOf(mappingOf(first)['kubernetes']) as Record<string, unknown>)[given];
  }
  return whole;
}

/** The value with a text at a place; a name of the user's is that of the second environment, or `NAME`. */
function put(value: unknown, [key, ...rest]: Place, text: string): unknown {
  if (key === undefined) return text;
  if (key === '[]') return [put(Array.isArray(value) ? value[0] : undefined, rest, text)];
  const mapping = mappingOf(value);
  const name = Object.keys(mapping).at(-1) ?? 'NAME';
  if (key === '*name') {
    const { [name]: last, ...others } = mapping;
    return Object.fromEntries([...Object.entries(others), [text, last ?? 'value']]);
  }
  const at = key === '*' ? name : key;
  const before = mapping[at] ?? (rest.length === 0 ? undefined : companionOf(at, rest));
  return Object.fromEntries([
    ...Object.entries(mapping).filter(([other]) => other !== at),
    [at, put(before, rest, text)],
  ]);
}

const PROVIDER = 'projects/1/locations/global/workloadIdentityPools/circleci/providers/circleci';

/** What stands beside a place that the spec does not have yet. */
function companionOf(key: string, rest: Place): unknown {
  if (key === 'image') return { repository: 'eu-docker.pkg.dev/acme/other/web' };
  if (rest[0] === '[]' && (rest[1] === 'context' || rest[1] === 'filters')) return [{ job: 'unit' }];
  if (rest[0] === 'service_account') return { provider: PROVIDER };
  if (rest.length === 1 && rest[0] === 'username') return { password: 'P' };
  if (rest.length === 1 && rest[0] === 'password') return { username: 'U' };
  if (key === 'migration' && rest[0] !== 'command') return { command: ['migrate'] };
  return undefined;
}

/** Every string of a compiled config, and every string of the JSON that one of them holds, but those that are known. */
function leavesOf(value: unknown, known: ReadonlySet<string> = new Set(), found: string[] = []): readonly string[] {
  if (typeof value === 'string') {
    if (known.has(value)) return found;
    found.push(value);
    if (/^[[{]/.test(value)) leavesOf(parseJson(value), known, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (!known.has(key)) found.push(key);
      leavesOf(member, known, found);
    }
  }
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The ways in which a text may stand in a config: as it is, in an expression's quotes, or as a regular expression. */
function forms(text: string): readonly string[] {
  const quoted = `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const escaped = text.replaceAll(/[\\^$.|?+()[\]{}/]/g, '\\$&').replaceAll('*', '.*');
  const pattern = text === '*' ? '.+' : escaped;
  return [text, quoted, `/^${pattern}$/`];
}

/** The comments of a config as they were before they were wrapped. */
function commentsOf(config: string): string {
  return [...config.matchAll(/^ *# (.*)$/gm)].map(([, line]) => line).join(' ');
}

/** What shells read, in every job. */
function commandsOf(jobs: Mapping): readonly string[] {
  return Object.values(jobs)
    .flatMap((job) => (mappingOf(job)['steps'] ?? []) as readonly Mapping[])
    .flatMap(({ run }) => (run === undefined ? [] : [String(mappingOf(run)['command'])]))
    .sort();
}

const base = JSON.stringify({ jobs: { unit: { type: 'no-op' } } });
const places = stringPlaces(schema as unknown as Mapping);
const known = new Set(commandsOf(mappingOf(imports[ORB]['commands'])));
/** The strings that a config has anyway. */
const usual = new Set(
  [[], ['services', '*']].flatMap((place) =>
    leavesOf(compile(specWith([...place, 'environments', '*', 'approvers'], 'nobody'))),
  ),
);

function compile(spec: Mapping): readonly unknown[] {
  const result = generateAll(JSON.stringify(spec), base);
  if (!result.ok) throw new Error(result.error);
  return result.value.map(({ text }) => processConfig(mappingOf(load(text)), { imports }).processed);
}

t.test('the corpus', async (t) => {
  t.ok(HOSTILE.length >= 60, `${HOSTILE.length} texts`);
  t.equal(new Set(HOSTILE).size, HOSTILE.length, 'all different');
  for (const place of [['image', 'repository'], ['environments', '*', 'branch'], ['environments', '*name'], ['test']])
    t.ok(
      places.some((one) => one.join('.') === place.join('.')),
      `${place.join('.')} is among the ${places.length} places of the schema`,
    );
});

/** Places that take nearly everything: the test must not be one that refuses whatever it tries. */
const FREE = [
  'test.[].filters',
  'environments.*.branch',
  'environments.*.approvers',
  'environments.*.migration.command.[]',
  'services.*.paths.[]',
];

t.test('hostile text in every string of the schema is refused with its place, or arrives as it is', async (t) => {
  const arrived = new Map<string, number>();
  const patterns = new Set<unknown>();
  for (const [number, place] of places.entries()) {
    const at = place.join('.');
    const wrong: string[] = [];
    // A list that may be written as one string goes the way of a list of one, so a part of the corpus is enough for it.
    // So does what a service has in the same form as the top level.
    const isPlace = (path: string) => places.some((one) => one.join('.') === path);
    // And the same pattern keeps the same texts out wherever it stands.
    const pattern = patternAt(place);
    const known = pattern !== undefined && patterns.has(pattern);
    const short = known || isPlace(`${at}.[]`) || (place[0] === 'services' && isPlace(place.slice(2).join('.')));
    if (pattern !== undefined) patterns.add(pattern);
    // Of the rest each gets sixty at least, others than its neighbour's, and those that take nearly everything get all.
    const all = FREE.includes(at);
    const corpus = HOSTILE.filter((_, index) => all || (short ? (index + number) % 7 === 0 : (index + number) % 5 < 3));
    t.ok(short || corpus.length >= 60, `${at}: ${corpus.length} texts`);
    for (const text of corpus) {
      const outcome = follow(place, text);
      if (outcome === 'arrives') arrived.set(at, (arrived.get(at) ?? 0) + 1);
      else if (outcome !== 'refused') wrong.push(`${asName(text)}: ${outcome}`);
    }
    t.strictSame(wrong, [], `${at}: ${arrived.get(at) ?? 0} of ${corpus.length} arrive, the others are refused`);
  }
  for (const at of FREE) t.ok((arrived.get(at) ?? 0) > 40, `${at}: ${arrived.get(at)} texts arrive`);
});

/** What becomes of a text at a place; anything but `refused` and `arrives` is wrong. */
function follow(place: Place, text: string): string {
  // By itself no text is an expression, so there it stands in one.
  const written = place.at(-1) === 'filters' ? `pipeline.git.branch == ${forms(text)[1]}` : text;
  const result = generateAll(JSON.stringify(specWith(place, written)), base);
  if (!result.ok) {
    return /^\.circleci\/(build-once|base)\.yml:\d+:\d+: /.test(result.error) ? 'refused' : asName(result.error);
  }
  let found = false;
  for (const file of result.value) {
    const { config, in11 } = readTwice(file.text);
    if (JSON.stringify(in11) !== JSON.stringify(config)) return 'is something else in YAML 1.1';
    const { processed, problems } = processConfig(mappingOf(config), { imports });
    if (problems.length > 0) return `does not compile: ${JSON.stringify(problems)}`;
    const leaves = leavesOf(processed, usual);
    const wanted = forms(text);
    found ||= leaves.some((leaf) => wanted.some((form) => leaf.includes(form)));
    found ||= commentsOf(file.text).includes(`Who may approve: ${text}`);
    const strange = commandsOf(processed.jobs).find((command) => !isOurs(command));
    if (strange !== undefined) return `is in a command: ${strange}`;
  }
  return found ? 'arrives' : 'does not arrive';
}

/** A config as readers of YAML 1.2 and of 1.1 have it. */
function readTwice(text: string): { readonly config: unknown; readonly in11: unknown } {
  const events = parseEvents(text, {});
  const [config, in11] = [CORE_SCHEMA, YAML11_SCHEMA].map((schema) => {
    const [document, ...others] = constructFromEvents(events, { source: text, schema });
    if (others.length > 0) throw new Error('a config is one document');
    return document;
  });
  return { config, in11 };
}

/** A text as the name of a test: the test runner reads names by lines. */
function asName(text: string): string {
  return JSON.stringify(text.slice(0, 300)).replaceAll(
    /[^ -~]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Whether a command is one of the orb's, or fetches the generator: all that a generated job may run. */
function isOurs(command: string): boolean {
  return known.has(command) || command === `npx --yes gen-config@${RELEASE.version} check`;
}

t.test('a job of the base may have any name that its file may', async (t) => {
  for (const name of HOSTILE) {
    const told = asName(name.slice(0, 40));
    const spec = {
      version: 1,
      orb: ORB,
      image: { repository: 'ghcr.io/acme/shop' },
      test: [name],
      environments: {
        first: {
          branch: 'main',
          before_deploy: [name],
          after_deploy: [{ job: name, context: 'c' }],
          kubernetes: { kubeconfig: 'K', namespace: 'shop', workloads: ['deployment/web'] },
        },
      },
    };
    const jobs = Object.fromEntries([[name, { type: 'no-op' }]]);
    const result = generateText(JSON.stringify(spec), JSON.stringify({ jobs }));
    if (!result.ok) {
      t.match(result.error, /^\.circleci\/(build-once|base)\.yml:\d+:\d+: /, `${told} is refused`);
      continue;
    }
    const { config, in11 } = readTwice(result.value);
    t.equal(JSON.stringify(in11), JSON.stringify(config), `${told} is the same in YAML 1.1`);
    const { processed, problems } = processConfig(mappingOf(config), { imports });
    t.strictSame(problems, [], `${told} compiles`);
    const named = new Map(processed.workflows['deliver']?.jobs.map((job) => [job.name, job]));
    t.strictSame(named.get('deploy-first')?.requires, [`${name}-before-first`], told);
    t.strictSame(named.get(`${name}-first`)?.requires, ['deploy-first'], told);
  }
});
