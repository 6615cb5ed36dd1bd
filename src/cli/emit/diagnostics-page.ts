import type { Io } from '../../io/io.js';
import { serviceFilesOf } from '../../spec/service-files.js';

/** docs/diagnostics.md: every case of test/golden/spec, its input and the exact words that it is refused with. */
export async function diagnosticsPage(io: Io): Promise<string> {
  const folder = 'test/golden/spec';
  const sections: string[] = [];
  for (const name of (await io.files.list(folder)) ?? []) {
    const read = async (file: string): Promise<string> => (await io.files.read(`${folder}/${name}/${file}`)) ?? '';
    const [spec, base, expected] = [await read('build-once.yml'), await read('base.yml'), await read('expected.txt')];
    const files = serviceFilesOf(spec);
    const codes = [
      ...new Set([...expected.matchAll(/\[((?:spec|base)\/[\w-]+)\]$/gm)].map(([, code]) => `\`${code}\``)),
    ];
    const block = (path: string, text: string) => (text === '' ? '' : `\`${path}\`:\n\n\`\`\`yaml\n${text}\`\`\`\n\n`);
    const blocks = [block('.circleci/build-once.yml', spec), block('.circleci/base.yml', base)];
    for (const path of files) blocks.push(block(path, await read(path)));
    sections.push(
      `## ${name.replaceAll('-', ' ')}\n\n${codes.join(', ')}\n\n${blocks.join('')}\`\`\`text\n${expected}\`\`\``,
    );
  }
  return `# Diagnostics

What gen-config says about a spec or a base that it cannot use. Every case is run by the tests with exactly this output.

${sections.join('\n\n')}
`;
}
