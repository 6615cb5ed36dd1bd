import { parseYaml } from '../../yaml/parse.js';
import { listOf, mappingOf, type Place, type Repository, textOf } from './repository.js';

/** An ECS task definition in a JSON file. */
export interface TaskDefinition {
  readonly family: string;
  readonly containers: readonly { readonly name: string; readonly image: string | undefined }[];
  readonly at: Place;
}

/** Files of the shape that `aws ecs register-task-definition --cli-input-json` takes. */
export async function findTaskDefinitions(repository: Repository): Promise<readonly TaskDefinition[]> {
  const found: TaskDefinition[] = [];
  for (const file of repository.files) {
    if (!/\.json$/.test(file) || !/task|ecs|deploy|\.aws/i.test(file)) continue;
    const text = await repository.read(file);
    if (text === undefined || !text.includes('"containerDefinitions"')) continue;
    // JSON is YAML, and a reader of YAML knows the lines.
    const parsed = parseYaml(text, file, 'init/not-json');
    if (!parsed.ok) continue;
    const value = mappingOf(parsed.value.value);
    const family = textOf(value['family']);
    found.push({
      family: family ?? '(no family)',
      containers: listOf(value['containerDefinitions']).map((one) => {
        const { name, image } = mappingOf(one);
        return { name: textOf(name) ?? '(no name)', image: textOf(image) };
      }),
      at: { file, line: parsed.value.keyRange(['family']).start.line },
    });
  }
  return found;
}
