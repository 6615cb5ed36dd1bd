import type { GeneratedFile } from '../../circleci/generate.js';
import { commandManual, programManual as jobProgramManual } from '../../commands/help.js';
import { commands } from '../../commands/list.js';
import { formatRoff } from '../../manual/format-roff.js';
import { VERSION } from '../../version.js';
import { programManual, verbManual } from '../help.js';
import { verbs } from '../verbs.js';

/** The man pages of both programs, from the declarations of their verbs and commands. */
export function manPages(): readonly GeneratedFile[] {
  const release = `gen-config ${VERSION}`;
  return [
    {
      path: 'man/gen-config.1',
      text: formatRoff(programManual(), { title: 'Verbs', manuals: verbs.map(verbManual) }, release),
    },
    {
      path: 'man/build-once.1',
      text: formatRoff(jobProgramManual(), { title: 'Commands', manuals: commands.map(commandManual) }, release),
    },
  ];
}
