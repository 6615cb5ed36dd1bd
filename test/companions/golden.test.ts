import t from 'tap';
import { companionCases, companionsWorld } from '../support/companions.js';
import { goldenText } from '../support/golden.js';
import { goldenTree } from '../support/golden-tree.js';

for (const { name, spec, args } of companionCases()) {
  t.test(name, async (t) => {
    const json = companionsWorld(t, spec);
    const made = await json.run(...args);
    t.equal(made.code, 0, made.err);
    t.equal(made.out, '');
    const words = made.err.replaceAll(/^wrote .*\n/gm, '');
    t.equal(words, goldenText(`companions/${name}/expected.txt`, words));
    t.strictSame(json.files(), goldenTree(`companions/${name}/json`, json.files()));

    const terraform = companionsWorld(t, spec);
    t.match(await terraform.run('--format', 'terraform', ...args), { code: 0 });
    const isManifest = (path: string) => path.startsWith('kubernetes/');
    const only = (files: Readonly<Record<string, string>>, manifests: boolean) =>
      Object.fromEntries(Object.entries(files).filter(([path]) => isManifest(path) === manifests));
    t.strictSame(only(terraform.files(), true), only(json.files(), true), 'manifests are the same');
    const found = only(terraform.files(), false);
    t.strictSame(found, goldenTree(`companions/${name}/terraform`, found));
  });
}
