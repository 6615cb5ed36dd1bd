import { isMapping } from '../../../../yaml/mapping.js';
import type { Path } from '../../../../yaml/parse.js';
import { remember } from '../../remember.js';
import type { Written } from '../../written/written.js';

/** The shell text of a run step. */
export interface WrittenCommand {
  readonly command: string;
  readonly path: Path;
}

/** Every shell text of a config and its inline orbs, without the lines that are comments. */
export const writtenCommands = remember(({ steps }: Written): readonly WrittenCommand[] =>
  steps.flatMap(({ name, body, bodyPath }) => {
    if (name !== 'run' && name !== 'deploy') return [];
    const [raw, path] = isMapping(body) ? [body['command'], [...bodyPath, 'command']] : [body, bodyPath];
    return typeof raw === 'string' ? [{ command: raw.replaceAll(/^\s*#(?!!).*$/gm, ''), path }] : [];
  }),
);

/** A variable whose name says that it is a secret. */
export const SECRET =
  /\$\{?([A-Za-z_]*(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)[A-Za-z_]*)\b(?!_FILE|_PATH)/i;
