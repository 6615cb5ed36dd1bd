import t from 'tap';
import { deliveryJobsOf } from '../../src/circleci/language/actions/deliveries.js';
import { environmentsIn } from '../../src/circleci/language/actions/environment-of.js';
import { isMigration, isMigrationCommand } from '../../src/circleci/language/actions/migration.js';
import { elementOf } from '../../src/circleci/language/actions/orbs.js';
import type { Doing } from '../../src/circleci/language/actions/program.js';
import { readScript } from '../../src/circleci/language/actions/read-script.js';
import { movedTagOf, repositoryOf, tagOf } from '../../src/circleci/language/actions/reference.js';
import { compileConfig } from '../../src/circleci/language/compile.js';

/** What is done, as text. */
function showDoing(doing: Doing): string {
  const references =
    'references' in doing
      ? doing.references
      : 'reference' in doing
        ? [doing.reference]
        : 'to' in doing
          ? [doing.from, doing.to]
          : [];
  const awaited = 'awaited' in doing && doing.awaited !== undefined ? [doing.awaited ? 'awaited' : 'not awaited'] : [];
  return [doing.kind, ...references, ...awaited].join(' | ');
}

/** What a script does, as text. */
function show(script: string, variables: Readonly<Record<string, string>> = {}): readonly string[] {
  return readScript(script, new Map(Object.entries(variables))).done.map(({ doing, what, guarded, ignored }) => {
    const [kind = '', ...rest] = showDoing(doing).split(' | ');
    const green = 'green' in doing && doing.green;
    const how = [...(guarded ? ['maybe'] : []), ...(ignored ? ['ignored'] : []), ...(green ? ['green'] : [])];
    return [kind, what, ...rest, ...how].join(' | ');
  });
}

const SCRIPTS: readonly (readonly [script: string, ...done: string[]])[] = [
  ['docker build -t shop:1 .', 'build | docker build | shop:1'],
  [
    'docker buildx build --push -t a/b:$CIRCLE_SHA1 -t a/b:latest .',
    'build | docker buildx build | a/b:$CIRCLE_SHA1 | a/b:latest',
  ],
  ['IMAGE=a/b:1\ndocker push "$IMAGE"', 'push | docker push | a/b:1'],
  ['if x; then TAG=latest; fi\ndocker push a/b:$TAG', 'push | docker push | a/b:$TAG'],
  ['sudo -E docker pull a/b', 'pull | docker pull | a/b'],
  ['docker buildx imagetools create -t a:2 a:1', 'retag | docker buildx imagetools | a:1 | a:2'],
  ['/kaniko/executor --destination a/b:1 --context .', 'build | executor | a/b:1'],
  ['docker buildx bake --push --set web.tags=a/b:1 --set web.args.X=1 web', 'build | docker buildx bake | a/b:1'],
  ['docker compose -f compose.ci.yaml build web', 'build | docker compose build'],
  ['docker-compose push', 'push | docker-compose push | '],
  ['docker compose up -d'],
  ['podman push shop:1 docker://ghcr.io/acme/shop:1', 'push | podman push | ghcr.io/acme/shop:1'],
  ['buildah bud -t shop:1 .', 'build | buildah bud | shop:1'],
  ['nerdctl build -t shop:1 .', 'build | nerdctl build | shop:1'],
  ['export KO_DOCKER_REPO=a/b\nko build ./cmd/shop', 'build | ko build | a/b'],
  ['ko apply -f k8s/', 'build | ko apply | $KO_DOCKER_REPO', 'deploy | ko apply'],
  ['mvn -B compile jib:build -Dimage=a/b:1', 'build | mvn jib:build | a/b:1'],
  ['./gradlew :app:jibDockerBuild', 'build | gradlew'],
  ['./gradlew build'],
  ['pack build a/b:1 --publish --builder paketo', 'build | pack build | a/b:1'],
  ['earthly --ci --push +image', 'build | earthly'],
  ['terraform apply -auto-approve -var-file=prod.tfvars', 'deploy | terraform apply | awaited'],
  ['terraform -chdir=envs/prod apply plan.out', 'deploy | terraform apply | awaited'],
  ['terraform plan -out plan.out\nterraform init -migrate-state\nterraform apply -destroy'],
  ['terragrunt run-all apply', 'deploy | terragrunt run-all | awaited'],
  ['npx serverless deploy --stage prod', 'deploy | serverless deploy | awaited'],
  ['npx --yes cdk@2 deploy --all --require-approval never', 'deploy | cdk deploy | awaited'],
  ['yarn cdk synth'],
  ['argocd app sync shop --prune', 'deploy | argocd app sync'],
  [
    'argocd app sync shop --async\nargocd app wait shop',
    'deploy | argocd app sync | not awaited',
    'wait | argocd app wait',
  ],
  ['argocd app sync shop --dry-run\nargocd app diff shop'],
  ['kustomize build overlays/prod | kubectl apply -f -', 'deploy | kubectl apply'],
  ['helmfile -e prod apply', 'deploy | helmfile apply'],
  ['helmfile diff'],
  ['skaffold run -p prod', 'build | skaffold run', 'deploy | skaffold run | awaited'],
  ['skaffold deploy --status-check=false', 'deploy | skaffold deploy | not awaited'],
  ['pulumi up --yes --stack acme/prod', 'deploy | pulumi up | awaited'],
  ['pulumi preview'],
  ['ecs-deploy -c prod -n shop -i a/b:1', 'deploy | ecs-deploy | a/b:1 | awaited'],
  ['sam deploy --stack-name shop --no-confirm-changeset', 'deploy | sam deploy | awaited'],
  [
    'aws cloudformation update-stack --stack-name shop\naws cloudformation wait stack-update-complete --stack-name shop',
    'deploy | aws cloudformation update-stack | not awaited',
    'wait | aws cloudformation wait',
  ],
  ['bundle exec cap production deploy', 'deploy | cap production | awaited'],
  ['bundle exec cap production db:migrate', 'migrate | cap production | awaited'],
  ['flyctl deploy --app shop --image a/b:1 --detach', 'deploy | flyctl deploy | a/b:1 | not awaited'],
  ['fly ssh console -C "rails db:migrate"', 'migrate | fly ssh | awaited'],
  ['npx prisma migrate deploy', 'migrate | npx prisma | awaited'],
  ['kubectl -n shop set image deploy/web web=a:1 log=b:2', 'deploy | kubectl set image | a:1 | b:2 | not awaited'],
  ['kubectl apply -f k8s/', 'deploy | kubectl apply'],
  ['kubectl apply --dry-run=client -f k8s/'],
  ['kubectl apply -f migrate-job.yaml', 'migrate | kubectl apply | not awaited'],
  ['kubectl rollout status deploy/web || true', 'wait | kubectl rollout status | ignored'],
  [
    'kubectl rollout status deploy/web || kubectl rollout undo deploy/web',
    'wait | kubectl rollout status',
    'undo | kubectl rollout undo | maybe | green',
  ],
  [
    'curl --fail https://acme.dev || { kubectl rollout undo deploy/web; exit 1; }',
    'undo | kubectl rollout undo | maybe',
  ],
  ['if ! ./smoke.sh; then\n  helm rollback shop\nfi', 'undo | helm rollback | maybe | green'],
  ['if [ "$UNDO" = true ]; then helm rollback shop; fi', 'undo | helm rollback | maybe'],
  ['helm rollback shop', 'undo | helm rollback'],
  ['kubectl rollout status deploy/web || exit 1', 'wait | kubectl rollout status'],
  ['helm upgrade --install shop ./chart --set image.tag=latest --wait', 'deploy | helm upgrade | :latest | awaited'],
  ['helm upgrade shop ./chart -n shop --set a=b,web.image.tag=1', 'deploy | helm upgrade | :1 | not awaited'],
  ['helm template shop ./chart'],
  ['aws ecs update-service --cluster c --service s --desired-count 0'],
  [
    'aws ecs update-service --cluster c --service s --force-new-deployment',
    'deploy | aws ecs update-service | not awaited',
  ],
  ['aws --region eu-west-1 ecs wait services-stable --cluster c --services s', 'wait | aws ecs wait'],
  ['ecs deploy cluster service --tag $CIRCLE_SHA1', 'deploy | ecs deploy | :$CIRCLE_SHA1 | awaited'],
  [
    'gcloud run deploy shop --image=gcr.io/acme/shop:1 --quiet',
    'deploy | gcloud run deploy | gcr.io/acme/shop:1 | awaited',
  ],
  ['[ "$CIRCLE_BRANCH" = main ] && docker push a:1', 'push | docker push | a:1 | maybe'],
  ['[ "$CIRCLE_BRANCH" = main ] || exit 0\ndocker push a:1', 'push | docker push | a:1'],
  ['if [ "$CIRCLE_BRANCH" != main ]; then exit 0; fi\ndocker push a:1', 'push | docker push | a:1 | maybe'],
  ['bash -c "docker push a:1"', 'push | docker push | a:1'],
  ['echo "docker push a:1; kubectl apply -f x; rake db:migrate"'],
  ['bundle exec rake db:migrate', 'migrate | bundle exec | awaited'],
  ['heroku run -a shop rails db:migrate', 'migrate | heroku run | awaited'],
  ['build-once run-migration', 'migrate | build-once run-migration | awaited'],
  ['build-once rollback', 'undo | build-once rollback'],
];

t.test('scripts are read for what they do', async (t) => {
  for (const [script, ...done] of SCRIPTS) t.strictSame(show(script), done, script);
  t.equal(readScript('circleci-agent step halt', new Map()).halts, true, 'a job can end early');
  t.strictSame(
    show('docker push $REPO/b:1', { REPO: 'a' }),
    ['push | docker push | a/b:1'],
    'variables that are known',
  );
});

t.test('references of images', async (t) => {
  for (const [reference, repository, tag, moved] of [
    ['localhost:5000/app', 'localhost:5000/app', 'latest', 'latest'],
    ['localhost:5000/app:1.2', 'localhost:5000/app', '1.2', undefined],
    ['app@sha256:aa', 'app', '', undefined],
    [':latest', '', 'latest', 'latest'],
    ['$IMAGE', '$IMAGE', 'latest', undefined],
    ['$IMAGE:main', '$IMAGE', 'main', 'main'],
    ['app:$CIRCLE_BRANCH', 'app', '$CIRCLE_BRANCH', '$CIRCLE_BRANCH'],
    ['app:$CIRCLE_BRANCH-$CIRCLE_SHA1', 'app', '$CIRCLE_BRANCH-$CIRCLE_SHA1', undefined],
    ['app:<< pipeline.git.branch >>', 'app', '<< pipeline.git.branch >>', '<< pipeline.git.branch >>'],
    ['app:<< pipeline.git.revision >>', 'app', '<< pipeline.git.revision >>', undefined],
  ] as const) {
    t.equal(repositoryOf(reference), repository, reference);
    t.equal(tagOf(reference), tag, reference);
    t.equal(movedTagOf(reference), moved, reference);
  }
});

t.test('what changes the schema of a database', async (t) => {
  for (const text of [
    'rake db:migrate',
    'python manage.py migrate',
    'npx prisma migrate deploy',
    './bin/migrate.sh',
    '["bin/rails","db:migrate"]',
    'k8s/migration.yaml',
  ]) {
    t.ok(isMigration(text), text);
  }
  for (const text of [
    'rake db:migrate:status',
    'manage.py makemigrations',
    'flyway migrate --dry-run',
    'npm run immigrate',
    'prisma migrate status',
  ]) {
    t.notOk(isMigration(text), text);
  }
});

t.test('a command is no migration for the folder that it is given', async (t) => {
  for (const command of [
    'rubocop db/migrate',
    'git diff db/migrations',
    'npm run test:migrations',
    'alembic history',
  ]) {
    t.notOk(isMigrationCommand(command), command);
  }
  for (const command of [
    'npm run migrate',
    './bin/migrate',
    'yarn db:migrate',
    'make migrate',
    'alembic upgrade head',
  ]) {
    t.ok(isMigrationCommand(command), command);
  }
});

t.test('the environments in a name', async (t) => {
  for (const [text, ...names] of [
    ['deploy-production', 'production'],
    ['deployToProd', 'production'],
    ['shop_prd_eu', 'production'],
    ['pre-prod', 'preprod'],
    ['product-service'],
    ['stg', 'staging'],
    ['promote-staging-to-production', 'staging', 'production'],
    ['latest'],
  ] as const) {
    t.strictSame([...environmentsIn(text)], names, text);
  }
});

/** What a job or command of an orb does, as text. */
function showElement(reference: string, name: string, given: Readonly<Record<string, unknown>>): readonly string[] {
  return (elementOf(reference, name)?.(given) ?? []).map(showDoing);
}

const ELEMENTS: readonly (readonly [
  orb: string,
  name: string,
  given: Readonly<Record<string, unknown>>,
  ...done: string[],
])[] = [
  ['aws-ecr@9', 'build_and_push_image', { repo: 'a', tag: 'x,y' }, 'build | a:x | a:y'],
  ['aws-ecr@9', 'build_image', { repo: 'a', extra_build_args: '--target=web' }, 'build | a:latest'],
  ['aws-ecr@9', 'push_image', { repo: 'a', tag: 'x' }, 'push | a:x'],
  ['aws-ecr@9', 'tag_image', { repo: 'a', source_tag: 'x' }, 'retag | a:x | a:latest'],
  ['aws-ecr@9', 'ecr_login', {}],
  ['aws-ecs@2', 'update_service', { force_new_deployment: true }, 'deploy | not awaited'],
  [
    'aws-ecs@7',
    'update_service',
    { container_image_name_updates: 'container=a,tag=1', verify_revision_is_deployed: true },
    'deploy | :1 | awaited',
  ],
  ['aws-ecs@7', 'run_task', { overrides: '{"command":["rake","db:migrate"]}' }, 'migrate | not awaited'],
  ['aws-ecs@7', 'run_task', { overrides: '{"command":["./report"]}' }],
  [
    'aws-eks@2',
    'update_container_image',
    { container_image_updates: 'a=b:1 c=d:2' },
    'deploy | b:1 | d:2 | not awaited',
  ],
  ['kubernetes@1', 'create_or_update_resource', { resource_file_path: 'app.yaml' }, 'deploy'],
  ['kubernetes@1', 'create_or_update_resource', { resource_file_path: 'k8s/migration.yaml' }, 'migrate | not awaited'],
  ['kubernetes@1', 'get_rollout_status', {}, 'wait'],
  ['kubernetes@1', 'rollback', {}, 'undo'],
  ['helm@3', 'upgrade_helm_chart', { values_to_override: 'image.tag=1,a=b', atomic: true }, 'deploy | :1 | awaited'],
  ['helm@3', 'upgrade_helm_chart', { dry_run: true }],
  ['docker@2', 'publish', { image: 'a/b' }, 'build | a/b:$CIRCLE_SHA1'],
  ['docker@2', 'push', { image: 'a/b' }, 'push | a/b:$CIRCLE_SHA1'],
  ['docker@2', 'pull', { images: 'a:1,b:2' }, 'pull | a:1', 'pull | b:2'],
  ['gcp-cloud-run@1', 'deploy', { image: 'a:1' }, 'deploy | a:1 | awaited'],
  ['heroku@2', 'deploy_via_git', { app_name: 'a' }, 'deploy'],
  ['deploys@1', 'plan', { environment_name: 'production' }, 'mark'],
  ['node@7', 'install_packages', {}],
];

t.test('jobs and commands of orbs are known by their names', async (t) => {
  for (const [orb, name, given, ...done] of ELEMENTS) {
    t.strictSame(showElement(`circleci/${orb}`, name, given), done, `${orb} ${name} ${JSON.stringify(given)}`);
  }
  t.strictSame(showElement('acme/build-once@1.2.3', 'run_migration', { environment: 'staging' }), [
    'migrate | awaited',
  ]);
  t.strictSame(showElement('acme/aws-ecr@1.0.0', 'build_image', {}), [], 'an orb of somebody else');
});

const ORBS = `
version: 2.1
orbs: { aws-ecr: circleci/aws-ecr@9.3.7, ecs: circleci/aws-ecs@2.2.1, build-once: acme/build-once@1.2.3 }
jobs:
  promote:
    docker: [{ image: cimg/aws:2026.01 }]
    environment: { STAGE: prod }
    steps:
      - aws-ecr/tag_image: { repo: shop, source_tag: $CIRCLE_SHA1, target_tag: 'prod,v1' }
workflows:
  main:
    jobs:
      - aws-ecr/build-and-push-image: { name: build, repo: shop, tag: 'a,b' }
      - ecs/deploy-service-update: { name: d, family: shop, cluster-name: live, container-image-name-updates: 'container=web,tag=1,container=log,image-and-tag=x:2' }
      - build-once/deploy: { name: e, environment: production }
      - promote
`;

t.test('orbs that are not at hand are known by their names', async (t) => {
  const { load } = await import('js-yaml');
  const jobs = deliveryJobsOf(compileConfig({ file: 'config.yml', value: load(ORBS) }));
  const shown = jobs.map(({ invocation, actions, environment, deploys }) => [
    invocation.name,
    actions.map((one) => [one.kind, one.kind === 'retag' ? one.to : 'references' in one ? one.references.join() : '']),
    environment?.name,
    deploys,
  ]);
  t.strictSame(shown, [
    ['build', [['build', 'shop:a,shop:b']], undefined, false],
    ['d', [['deploy', ':1,x:2']], undefined, true],
    ['e', [['deploy', '']], 'production', true],
    [
      'promote',
      [
        ['retag', 'shop:prod'],
        ['retag', 'shop:v1'],
      ],
      'production',
      true,
    ],
  ]);
});
