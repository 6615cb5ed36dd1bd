import type { Target } from '../action.js';
import { type Arguments, readArguments } from '../arguments.js';
import { isMigration } from '../migration.js';
import type { Program } from '../program.js';

const FLAGS = new Set([
  ...[
    '--all',
    '--record',
    '--force',
    '--wait',
    '--watch',
    '-w',
    '--local',
    '--overwrite',
    '--recursive',
    '-R',
    '-k=false',
  ],
  ...[
    '-i',
    '-t',
    '-it',
    '-ti',
    '--stdin',
    '--tty',
    '--rm',
    '--prune',
    '--validate',
    '--server-side',
    '--all-namespaces',
  ],
  ...['-A', '--insecure-skip-tls-verify', '--quiet', '-q', '--install', '--atomic', '--debug', '--reuse-values'],
  ...['--reset-values', '--create-namespace', '--cleanup-on-fail', '--wait-for-jobs', '--dependency-update'],
  ...['--rollback-on-failure', '--no-hooks', '-i', '--force-conflicts', '--dry-run', '--suppress-output-line-regex'],
]);

/** `kubectl` and `oc`: https://kubernetes.io/docs/reference/kubectl/ */
export const kubectl: Program = ({ words }) => {
  const given = readArguments(words, FLAGS);
  const [verb = '', noun = '', ...rest] = given.positional;
  if (isDryRun(given)) return [];
  const target: Target = {
    environment: '',
    cluster: given.value('--context', '--cluster') ?? '',
    namespace: given.value('-n', '--namespace') ?? '',
    name: '',
  };
  switch (`${verb} ${noun}`) {
    case 'set image': {
      const images = rest.filter((word) => word.includes('='));
      const name = rest.find((word) => !word.includes('=')) ?? '';
      return [{ kind: 'deploy', target: { ...target, name }, references: images.map(afterEquals), awaited: false }];
    }
    case 'rollout status':
      return [{ kind: 'wait' }];
    case 'rollout undo':
      return [{ kind: 'undo', green: false }];
    case 'rollout restart': {
      const name = rest.join('/');
      return [{ kind: 'deploy', target: { ...target, name }, references: [], awaited: false, refetches: true }];
    }
  }
  switch (verb) {
    case 'apply':
    case 'replace': {
      const file = given.value('-f', '--filename', '-k', '--kustomize') ?? '';
      // A migration that is applied is a Job: nothing waits for it but `kubectl wait`.
      if (isMigration(file)) return [{ kind: 'migrate', target, awaited: false }];
      return [{ kind: 'deploy', target: { ...target, name: file }, references: [], awaited: undefined }];
    }
    case 'create':
      return noun === 'job' && isMigration(rest.join(' ')) ? [{ kind: 'migrate', target, awaited: false }] : [];
    case 'exec':
    case 'run':
      return isMigration(given.positional.slice(1).join(' ')) ? [{ kind: 'migrate', target, awaited: true }] : [];
    case 'wait':
      return [{ kind: 'wait' }];
    default:
      return [];
  }
};

/** `helm`: https://helm.sh/docs/helm/helm_upgrade/ */
export const helm: Program = ({ words }) => {
  const given = readArguments(words, FLAGS);
  const [verb = '', release = '', chart = ''] = given.positional;
  if (isDryRun(given)) return [];
  const target: Target = {
    environment: '',
    cluster: given.value('--kube-context') ?? '',
    namespace: given.value('-n', '--namespace') ?? '',
    name: release,
  };
  switch (verb) {
    case 'upgrade':
    case 'install': {
      const references = given.values('--set', '--set-string').flatMap(imagesOfValues);
      const awaited = given.has('--wait', '--atomic', '--rollback-on-failure', '--wait-for-jobs');
      return chart === '' ? [] : [{ kind: 'deploy', target, references, awaited }];
    }
    case 'rollback':
      return [{ kind: 'undo', green: false }];
    default:
      return [];
  }
};

/** Images in values of a chart, `image.tag=1,app.image=repo:2`; a tag alone is given as `:1`. */
export function imagesOfValues(text: string): readonly string[] {
  return text.split(',').flatMap((pair) => {
    const [, key = '', value = ''] = /^\s*([^=]+)=(.*)$/s.exec(pair) ?? [];
    const last = key.split('.').at(-1)?.toLowerCase() ?? '';
    if (last === 'tag' || last === 'imagetag' || last === 'image_tag') return [`:${value}`];
    return last === 'image' && value.includes(':') ? [value] : [];
  });
}

/** `--dry-run` and `--dry-run=client` change nothing. */
function isDryRun(given: Arguments): boolean {
  const dry = given.value('--dry-run');
  return dry !== undefined && dry !== 'none' && dry !== 'false';
}

/** `nginx=nginx:1.2` is an image of a container. */
export function afterEquals(word: string): string {
  return word.slice(word.indexOf('=') + 1);
}
