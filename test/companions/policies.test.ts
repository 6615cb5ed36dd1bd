import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import t from 'tap';
import { companionCases } from '../support/companions.js';
import { readTree } from '../support/golden-tree.js';

/*
 * The golden companions, held to what they are for: the grammar of the policies, least rights, and whom a trust policy
 * lets in.
 */

const texts = { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 2 }] };
/** The part of the grammar of IAM policies that is used here. Nothing is denied, and nothing is "Not…". */
const grammar = {
  type: 'object',
  required: ['Version', 'Statement'],
  additionalProperties: false,
  properties: {
    Version: { const: '2012-10-17' },
    Statement: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['Effect', 'Action'],
        additionalProperties: false,
        properties: {
          Effect: { const: 'Allow' },
          Action: texts,
          Resource: { type: 'string' },
          Principal: {
            type: 'object',
            additionalProperties: false,
            minProperties: 1,
            maxProperties: 1,
            properties: { Federated: { type: 'string' }, AWS: { type: 'string' } },
          },
          Condition: {
            type: 'object',
            additionalProperties: false,
            properties: Object.fromEntries(
              ['StringEquals', 'StringLike', 'ArnEquals'].map((operator) => [
                operator,
                { type: 'object', minProperties: 1, additionalProperties: texts },
              ]),
            ),
          },
        },
      },
    },
  },
} as const;
const validate = new Ajv({ allErrors: true }).compile(grammar);

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: string;
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const cases = companionCases().map(({ name }) => {
  const files = Object.entries(readTree(`test/golden/companions/${name}/json`));
  return { name, files };
});
const ARN =
  /^arn:aws(-cn|-us-gov)?:(ecr:[a-z0-9-]+:\d{12}:repository\/[a-z0-9/_-]+|ecr-public::\d{12}:repository\/[a-z0-9/_-]+|eks:[a-z0-9-]+:(\d{12}|ACCOUNT_ID):cluster\/[\w-]+)$/;
const ACTION =
  /^(ecr:(GetAuthorizationToken|BatchGetImage|DescribeImages|GetLifecyclePolicy|GetDownloadUrlForLayer|PutImage|ListImages|BatchCheckLayerAvailability|(Initiate|Complete)LayerUpload|UploadLayerPart)|ecr-public:(GetAuthorizationToken|PutImage|BatchCheckLayerAvailability|(Initiate|Complete)LayerUpload|UploadLayerPart)|sts:GetServiceBearerToken|eks:DescribeCluster)$/;
const list = (value: string | readonly string[]) => (typeof value === 'string' ? [value] : value);

t.test('policies are of the grammar, and give what is needed on what is named', async (t) => {
  let seen = 0;
  for (const { name, files } of cases) {
    for (const [path, text] of files.filter(([one]) => /\.(policy|trust)\.json$/.test(one))) {
      seen += 1;
      const policy = JSON.parse(text) as { readonly Statement: readonly Statement[] };
      t.ok(validate(policy), `${name}/${path}: ${JSON.stringify(validate.errors)}`);
      for (const statement of policy.Statement) {
        const actions = list(statement.Action);
        if (path.includes('/iam/') && path.endsWith('.policy.json')) {
          t.equal(statement.Principal, undefined);
          const login = actions[0]?.endsWith(':GetAuthorizationToken') === true;
          if (login) t.equal(statement.Resource, '*', 'ECR takes no other');
          else t.match(statement.Resource, ARN, `${name}/${path}`);
        } else t.equal(statement.Resource, undefined, 'a resource has its policy itself');
        if (path.endsWith('.trust.json')) t.strictSame(actions, ['sts:AssumeRoleWithWebIdentity']);
        else for (const action of actions) t.match(action, ACTION);
        if (/(^|\/)deploy|production|staging\./.test(path) && path.includes('/iam/'))
          t.notOk(
            actions.some((action) => /Layer(Upload|Part)/.test(action)),
            `${path} pushes no layer`,
          );
        if (path.includes('/ecr/')) {
          t.match(statement.Principal?.['AWS'], /^arn:aws:iam::\d{12}:root$/);
          if (actions.includes('ecr:PutImage'))
            t.match(statement.Condition, { ArnEquals: { 'aws:PrincipalArn': /:role\// } });
        }
      }
      t.ok(text.length < 6144, `${path} fits into a policy`);
    }
  }
  t.ok(seen > 15, `${seen} policies`);
});

/** Whether a text is like a pattern of a condition: `*` is any text, `?` any character, `${x}` is x itself. */
function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split(/(\$\{[$*?]\}|[*?])/).map((part, index) => {
    if (index % 2 === 0) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return part.length === 1 ? (part === '*' ? '.*' : '.') : `\\${part.charAt(2)}`;
  });
  return new RegExp(`^${parts.join('')}$`, 's').test(text);
}

t.test('whom a trust policy lets in', async (t) => {
  const organization = '11111111-2222-3333-4444-555555555555';
  const project = '66666666-7777-8888-9999-000000000000';
  const user = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
  const subject = (ref: string, of: Readonly<Record<string, string>> = {}) =>
    `org/${of['organization'] ?? organization}/project/${of['project'] ?? project}/user/${user}/vcs-origin/${of['origin'] ?? 'github.com/acme/shop'}/vcs-ref/${ref}`;
  const files = Object.fromEntries(cases.find(({ name }) => name === 'two-accounts')?.files ?? []);
  const lets = (path: string) => {
    const { Statement } = JSON.parse(files[path] ?? '') as { readonly Statement: readonly Statement[] };
    const patterns = list(Statement[0]?.Condition?.['StringLike']?.[`oidc.circleci.com/org/${organization}:sub`] ?? []);
    return (text: string) => patterns.some((pattern) => isLike(text, pattern));
  };
  const push = lets('aws/111111111111/iam/shop-push.trust.json');
  const production = lets('aws/222222222222/iam/shop-production.trust.json');
  const archive = lets('aws/333333333333/iam/shop-archive.trust.json');
  const branch = subject('refs/heads/release/next');
  const tag = subject('refs/tags/v1.2.3');
  t.strictSame([branch, tag].map(push), [true, true], 'what builds does so for both');
  t.strictSame([branch, tag].map(production), [true, false]);
  t.strictSame([branch, tag].map(archive), [false, true]);
  const strangers = [
    subject('refs/heads/main'),
    subject('refs/heads/release/next/x'),
    subject('refs/tags/release/next'),
    subject('refs/heads/release/next', { project: user }),
    subject('refs/heads/release/next', { organization: user }),
    subject('refs/heads/release/next', { origin: 'github.com/acme/other' }),
    // A branch of the same project whose name is made to look like the rest of a subject.
    subject('refs/heads/x/vcs-origin/github.com/acme/shop/vcs-ref/refs/heads/release/next'),
    subject('refs/heads/x/vcs-origin/github.com/acme/shop/vcs-ref/refs/tags/v1'),
    // The subject of the first version of the token, which names no branch.
    `org/${organization}/project/${project}/user/${user}`,
  ];
  for (const stranger of strangers) t.notOk(push(stranger) || production(stranger) || archive(stranger), stranger);

  const odd = JSON.parse(
    Object.fromEntries(cases.find(({ name }) => name === 'odd-names')?.files ?? [])[
      'aws/123456789012/iam/0deploy.trust.json'
    ] ?? '',
  ).Statement[0].Condition.StringLike['oidc.circleci.com/org/ORGANIZATION_ID:sub'];
  const ids = { organization: 'ORGANIZATION_ID', project: 'PROJECT_ID' };
  t.ok(isLike(subject('refs/heads/odd/${aws:username}-%{if}$', ids), odd), 'what means something to IAM is itself');
  t.notOk(isLike(subject('refs/heads/odd/root-%{if}$', ids), odd));
});

t.test('what a lifecycle policy takes', async (t) => {
  const policies = cases.flatMap(({ files }) => files.filter(([path]) => path.endsWith('.lifecycle.json')));
  t.ok(policies.length >= 5);
  for (const [path, text] of policies) {
    const { rules } = JSON.parse(text);
    t.strictSame(
      rules.map(({ selection }: { readonly selection: Readonly<Record<string, unknown>> }) => selection['tagStatus']),
      ['untagged'],
      `${path} takes nothing that has a tag`,
    );
  }
});

t.test('a Role is of one namespace, and so is its binding', async (t) => {
  for (const { name, files } of cases) {
    for (const [path, text] of files.filter(([one]) => one.endsWith('.yaml'))) {
      const objects = text.split(/^---$/m).map((one) => load(one) as Record<string, Record<string, unknown>>);
      const kinds = objects.map(({ kind }) => String(kind));
      t.match(kinds.join(), /^(ServiceAccount,)?Role,RoleBinding$/, `${name}/${path}`);
      t.equal(new Set(objects.map(({ metadata }) => JSON.stringify(metadata))).size, 1, 'all are named the same');
      t.notMatch(text, /\*/, 'nothing stands for all');
      t.notMatch(text, /secrets|ClusterRole/);
    }
  }
});
