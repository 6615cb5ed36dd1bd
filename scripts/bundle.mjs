// Bundles the two programs and the library, each into one file without dependencies:
//   dist/build-once.mjs   what jobs run; pinned by its hash, or vendored into a repository
//   dist/gen-config.cjs   the generator, and dist/gen-config-verbs.cjs, its rarer verbs, and dist/gen-config-status.cjs,
//                         the one that talks to clusters
//   dist/index.mjs        the library
// Input is what tsc has compiled; `npm run build` does both.
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { builtinModules, createRequire } from 'node:module';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build, transform } from 'esbuild';

const top = fileURLToPath(new URL('..', import.meta.url));
process.chdir(top);
const { schema } = await import('../dist/src/spec/schema.js');

/**
 * The schema as it is compiled: without the words for people, and with what stands in it several times as a definition,
 * since ajv writes the code of a part out wherever it stands.
 */
function compact(whole) {
  const words = ['description', 'examples', 'default', 'title'];
  const strip = (value, ofKeys = false) => {
    if (Array.isArray(value)) return value.map((item) => strip(item));
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => ofKeys || !words.includes(key));
    return Object.fromEntries(kept.map(([key, member]) => [key, strip(member, !ofKeys && key === 'properties')]));
  };
  const bare = strip(whole);
  const seen = new Map();
  const count = (value) => {
    if (typeof value !== 'object' || value === null) return;
    const text = JSON.stringify(value);
    if (value.type !== undefined && text.length > 60) seen.set(text, (seen.get(text) ?? 0) + 1);
    Object.values(value).forEach(count);
  };
  count(bare);
  const names = new Map([...seen].filter(([, times]) => times > 1).map(([text], index) => [text, `part${index}`]));
  const refer = (value, itself) => {
    if (typeof value !== 'object' || value === null) return value;
    const name = names.get(JSON.stringify(value));
    if (name !== undefined && !itself) return { $ref: `#/definitions/${name}` };
    if (Array.isArray(value)) return value.map((item) => refer(item));
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, refer(member)]));
  };
  const parts = [...names].map(([text, name]) => [name, refer(JSON.parse(text), true)]);
  return { ...refer(bare), definitions: Object.fromEntries(parts) };
}

/** ajv's generated code in place of ajv and the schema (src/spec/compiled-schema.ts says why). */
const compiledSchema = {
  name: 'compiled-schema',
  setup({ onLoad }) {
    onLoad({ filter: /compiled-schema\.js$/ }, () => {
      const ajv = new Ajv({
        allErrors: true,
        allowUnionTypes: true,
        messages: false,
        code: { source: true, esm: true },
      });
      ajv.addSchema(compact(schema), 'spec');
      return { contents: standaloneCode.default(ajv, { validateSchema: 'spec' }), loader: 'js', resolveDir: top };
    });
  },
};

/**
 * The config SDK is a webpack bundle of all that a config can have, and of a whole YAML library for a `stringify` that is
 * never called here. All of it would run at each start; so its entry is replaced by one that has the classes that
 * src/circleci/sdk.ts makes, and what those do not need is left out.
 */
const leanSdk = {
  name: 'lean-sdk',
  setup({ onLoad }) {
    onLoad({ filter: /circleci-config-sdk\/dist\/index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const sdk = createRequire(import.meta.url)(path);
      // webpack's table of modules: `3465:(e,t,n)=>{...},` one after the other.
      const heads = [...source.matchAll(/[{,](\d+(?:e\d)?):(?:function)?\(?([\w,]*)\)?(?:=>)?\{/g)];
      const modules = heads.map((head, index) => {
        const start = head.index + head[0].length;
        const body = source.slice(start, heads[index + 1]?.index ?? source.length);
        return { id: head[1], parameters: head[2].split(','), start, body };
      });
      const entry = modules.find(({ id }) => id === /\}\((\d+)\)\}?\)\(\)/.exec(source)?.[1]);
      if (entry === undefined) throw new Error('the config SDK has changed its form');
      const [, exports, load] = entry.parameters;
      const lines = (await classesOfSdk()).map((chain) => {
        const found = chain.reduce((at, name) => at[name], sdk);
        const home = modules.find(({ body }) => body.includes(String(found)));
        if (home === undefined) throw new Error(`the config SDK has no ${chain.join('.')}`);
        const parents = chain
          .slice(0, -1)
          .map((_, depth) => `${[exports, ...chain.slice(0, depth + 1)].join('.')}??={};`);
        return `${parents.join('')}${[exports, ...chain].join('.')}=${load}(${home.id}).${chain.at(-1)};`;
      });
      entry.replacement = lines.join('');
      const kept = new Set();
      const keep = (id) => {
        const module = modules.find((one) => one.id === id);
        if (module === undefined || kept.has(id)) return;
        kept.add(id);
        const text = module.replacement ?? module.body;
        for (const [, next] of text.matchAll(/\b\w\((\d+(?:e\d)?)\)/g)) keep(next);
      };
      keep(entry.id);
      let contents = source;
      for (const module of modules.toReversed()) {
        const { id, start, body, replacement = '' } = module;
        // The last module is followed by webpack's own code, so it stays.
        if ((kept.has(id) && module !== entry) || start + body.length === source.length) continue;
        contents = `${contents.slice(0, start)}${replacement}}${contents.slice(start + body.length)}`;
      }
      return { contents, loader: 'js' };
    });
  },
};

/** The classes of the SDK that are used, as ways from its top: `['commands', 'cache', 'Save']`. */
async function classesOfSdk() {
  const text = await readFile('dist/src/circleci/sdk.js', 'utf8');
  const [, names = ''] = /const \{([^}]*)\} = CircleCI;/.exec(text) ?? [];
  const tops = new Map(names.split(',').map((name) => [...name.trim().split(': '), name.trim()].slice(0, 2).reverse()));
  return [...text.matchAll(/\bnew ((\w+)(?:\.\w+)*)\(/g)]
    .filter(([, , top]) => tops.has(top))
    .map(([, chain, top]) => [tops.get(top), ...chain.split('.').slice(1)]);
}

/** The generator reads the declarations of the commands and never runs one. */
const noRuns = {
  name: 'no-runs',
  setup({ onLoad }) {
    onLoad({ filter: /dist\/src\/commands\/[^/]+\/run\.js$/ }, () => ({ contents: 'export {};', loader: 'js' }));
  },
};

/** In one ES module every import of a Node module runs at the start, even that of code which is loaded later or never. */
const lazyNodeModules = {
  name: 'lazy-node-modules',
  setup({ onResolve, onLoad }) {
    const builtin = new Set(builtinModules);
    onResolve({ filter: /^(node:)?[a-z_0-9/]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, '');
      return builtin.has(name) && kind !== 'require-call' ? { path: name, namespace: 'node-module' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'node-module' }, ({ path }) => {
      return { contents: `module.exports = require('node:${path}');`, loader: 'js' };
    });
  },
};

const common = {
  absWorkingDir: top,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  logLevel: 'warning',
};
/** The AWS SDK warns in eight lines that versions of 2027 will need a newer Node; what is bundled is a version of today. */
const quietSdk = { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' };
/** One bundle as text. */
async function bundle(entry, options) {
  const { outputFiles } = await build({
    ...common,
    ...options,
    stdin: { contents: entry, resolveDir: top },
    write: false,
  });
  return outputFiles[0].text;
}

// Some dependencies are CommonJS and call require for Node's own modules.
const require =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';
const shebang = '#!/usr/bin/env node\n';

// The generator and the library.
const generator = { format: 'esm', plugins: [compiledSchema, leanSdk, noRuns, lazyNodeModules] };
// CommonJS: Node starts it 15 ms sooner than an ES module.
const commonJs = { ...generator, format: 'cjs', define: { 'import.meta.url': '__url' } };
// By import(), Node would read the second file twice: for the names that it exports, and to run it.
const byRequire = { supported: { 'dynamic-import': false } };
const url = 'const __url=require("node:url").pathToFileURL(__filename).href;';
// The verbs that a person calls now and then are a file of their own, so that the everyday one need not compile them.
const rareVerbs = [
  'check',
  'companions',
  'completion',
  'eject',
  'explain',
  'init',
  'process',
  'schema',
  'upgrade',
  'validate',
];
/**
 * What is in other files than the one of every day, by paths from src/cli. The one verb that makes requests has a file with
 * the clients of AWS and Kubernetes, and with what sends them: its errors are told by their class, which is there once.
 */
const otherFiles = { 'gen-config-verbs.cjs': rareVerbs, 'gen-config-status.cjs': ['status', '../io/node-http'] };
const fromOtherFile = {
  name: 'from-other-file',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/[\w-]+\.js$/ }, ({ path, resolveDir, kind }) => {
      const name = relative('dist/src/cli', join(resolveDir, path)).replace(/\.js$/, '');
      const [file] = Object.entries(otherFiles).find(([, modules]) => modules.includes(name)) ?? [];
      return kind === 'dynamic-import' && file !== undefined ? { path: `./${file}`, external: true } : undefined;
    });
  },
};
const everyday = { ...commonJs, ...byRequire, plugins: [fromOtherFile, ...commonJs.plugins] };
await writeFile('dist/gen-config.cjs', shebang + url + (await bundle('import "./dist/src/cli/main.js"', everyday)));
for (const [file, modules] of Object.entries(otherFiles)) {
  const all = modules.map((name) => `export * from "./dist/src/cli/${name}.js";`).join('\n');
  await writeFile(
    `dist/${file}`,
    url + (await bundle(all, { ...commonJs, define: { ...commonJs.define, ...quietSdk } })),
  );
}
await writeFile('dist/index.mjs', require + (await bundle('export * from "./dist/src/index.js"', generator)));

// The program of the jobs is one file, and --help must not pay for AWS and Kubernetes, nor a verb for what others need. So
// what is loaded lazily is held as strings, which V8 does not parse until they are asked for: one for each piece of code
// that the same verbs share.
const files = await readdir('dist/src/commands', { recursive: true });
const runs = files.filter((path) => /^[^/]+\/run\.js$/.test(path)).sort();
const lazyModules = [...runs.map((path) => `commands/${path}`), 'io/node-http.js', 'io/node-processes.js'];
const pieceOf = (path) => path.replaceAll('/', '-').replace(/\.js$/, '');
const { outputFiles } = await build({
  ...common,
  entryPoints: Object.fromEntries(lazyModules.map((path) => [pieceOf(path), `dist/src/${path}`])),
  outdir: 'pieces',
  chunkNames: '[hash]',
  splitting: true,
  format: 'esm',
  write: false,
  define: quietSdk,
});
// esbuild splits ES modules alone, and a string can be run at once only as CommonJS.
const asCommonJs = { format: 'cjs', minify: true, platform: 'node', target: common.target, ...byRequire };
const pieces = await Promise.all(
  outputFiles.map(async ({ path, text }) => [`./${basename(path)}`, (await transform(text, asCommonJs)).code]),
);
const fromString = {
  name: 'from-string',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir }) => {
      const name = relative('dist/src', join(resolveDir, path));
      return lazyModules.includes(name) ? { path: name, namespace: 'lazy' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => {
      return { contents: `module.exports = __load("./${pieceOf(path)}.js");` };
    });
  },
};
const lazy = `const __loaded={};const __load=(name)=>{if(!name.startsWith("./"))return require(name);if(!__loaded[name]){const module=__loaded[name]={exports:{}};require("node:vm").runInThisContext("(function(module,require){"+__texts[name]+"\\n})",{filename:"build-once/"+name})(module,__load)}return __loaded[name].exports};`;
const main = await bundle('import "./dist/src/commands/main.js"', {
  format: 'esm',
  plugins: [fromString, lazyNodeModules],
});
const texts = JSON.stringify(Object.fromEntries(pieces), null, 1);
const program = `${shebang}${require}${lazy}const __texts=${texts};\n${main}`;
if (program.length > 1024 * 1024)
  throw new Error(`dist/build-once.mjs has ${program.length} bytes, the limit is 1 MiB`);
await writeFile('dist/build-once.mjs', program);
await writeFile('dist/build-once.mjs.integrity', `sha512-${createHash('sha512').update(program).digest('base64')}\n`);
for (const name of ['build-once.mjs', 'gen-config.cjs']) await chmod(`dist/${name}`, 0o755);
