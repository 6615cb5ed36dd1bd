import { quote as quoteText } from '../diagnostic/quote.js';
import type { Io } from '../io/io.js';
import type { Verb, VerbOption } from './verb.js';

/** `gen-config completion SHELL`: a script made from the declarations of the verbs. */
export function printCompletion(shell: string, verbs: readonly Verb[], io: Io): number {
  const script = SCRIPTS[shell];
  if (script === undefined) {
    const wrong = shell === '' ? 'completion needs a shell' : `there is no completion for ${quoteText(shell)}`;
    io.stderr.write(`gen-config: ${wrong}\n  -> gen-config completion ${Object.keys(SCRIPTS).join('|')}\n`);
    return 2;
  }
  io.stdout.write(script(verbs));
  return 0;
}

const SCRIPTS: Readonly<Record<string, (verbs: readonly Verb[]) => string>> = { bash, zsh, fish };

const names = (verbs: readonly Verb[]) => verbs.map(({ name }) => name).join(' ');
const flags = (verb: Verb) => ['help', ...Object.keys(verb.options)].map((flag) => `--${flag}`).join(' ');
const optionsOf = (verb: Verb): readonly (readonly [string, VerbOption])[] => Object.entries(verb.options);

const takesFiles = ({ argument }: Verb) => argument !== undefined && argument.choices === undefined;

function bash(verbs: readonly Verb[]): string {
  const values = new Map<string, ReadonlySet<string>>();
  for (const [flag, { choices = [] }] of verbs.flatMap(optionsOf)) {
    if (choices.length > 0) values.set(flag, new Set([...(values.get(flag) ?? []), ...choices]));
  }
  const choices = [...values].map(
    ([flag, of]) => `    --${flag}) COMPREPLY=($(compgen -W '${[...of].join(' ')}' -- "$word")); return ;;`,
  );
  const cases = verbs.map(
    (verb) =>
      `    ${verb.name}) words='${[flags(verb), ...(verb.argument?.choices ?? [])].join(' ')}'${takesFiles(verb) ? ' files=1' : ''} ;;`,
  );
  return `# Completion of gen-config for bash: append this to ~/.bashrc, or source it.
_gen_config() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words files
  case $before in
    --directory | -C) COMPREPLY=($(compgen -d -- "$word")); return ;;
${choices.join('\n')}
  esac
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    *) words='${names(verbs)} --directory --force --help --version' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ -z $files ]] || COMPREPLY+=($(compgen -f -- "$word"))
}
complete -F _gen_config gen-config
`;
}

function zsh(verbs: readonly Verb[]): string {
  const quote = (text: string) => text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, '\\$&');
  const option = ([flag, { description, short, value, choices }]: readonly [string, VerbOption]) => {
    const values =
      choices !== undefined
        ? `(${choices.join(' ')})`
        : flag === 'directory'
          ? '_files -/'
          : value === undefined
            ? ''
            : ' ';
    const action = values === '' ? '' : `:${value}:${values}`;
    const names = short === undefined ? `'--${flag}` : `'(-${short} --${flag})'{-${short},--${flag}}'`;
    return `${names}[${quote(description)}]${action}'`;
  };
  const help = `'(-h --help)'{-h,--help}'[Explain the verb]'`;
  const cases = verbs.map((verb) => {
    const { argument: word } = verb;
    const argument =
      word === undefined
        ? []
        : [
            `'${word.several === true ? '*' : '1'}:${word.name}:${word.choices === undefined ? '_files' : `(${word.choices.join(' ')})`}'`,
          ];
    return `    ${verb.name}) _arguments ${[...optionsOf(verb).map(option), help, ...argument].join(' ')} ;;`;
  });
  return `#compdef gen-config
# Completion of gen-config for zsh: save this as _gen-config in a folder of $fpath.
_gen-config() {
  local -a verbs=(
${verbs.map(({ name, summary }) => `    '${name}:${quote(summary)}'`).join('\n')}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe verb verbs
    return
  fi
  local verb=generate
  if [[ $words[2] != -* ]]; then
    verb=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $verb in
${cases.join('\n')}
  esac
}
_gen-config "$@"
`;
}

function fish(verbs: readonly Verb[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = verbs.flatMap((verb) => {
    // Without a verb it is generate.
    const here =
      verb.name === 'generate'
        ? `-n '__fish_use_subcommand; or __fish_seen_subcommand_from generate'`
        : `-n '__fish_seen_subcommand_from ${verb.name}'`;
    const own = optionsOf(verb).map(([flag, { description, short, value, choices }]) => {
      const argument =
        choices !== undefined
          ? ` -x -a '${choices.join(' ')}'`
          : flag === 'directory'
            ? " -x -a '(__fish_complete_directories)'"
            : value === undefined
              ? ''
              : ' -x';
      return `complete -c gen-config ${here} -l ${flag}${short === undefined ? '' : ` -s ${short}`}${argument} -d ${quote(description)}`;
    });
    const { argument } = verb;
    const words =
      argument === undefined
        ? []
        : [
            `complete -c gen-config ${here} ${argument.choices === undefined ? '-F' : `-a '${argument.choices.join(' ')}'`}`,
          ];
    return [
      `complete -c gen-config -n __fish_use_subcommand -a ${verb.name} -d ${quote(verb.summary)}`,
      ...own,
      ...words,
    ];
  });
  return `# Completion of gen-config for fish: save this as ~/.config/fish/completions/gen-config.fish.
complete -c gen-config -f
complete -c gen-config -l help -s h -d 'Explain a verb'
complete -c gen-config -n __fish_use_subcommand -l version -s v -d 'Print the version'
${lines.join('\n')}
`;
}
