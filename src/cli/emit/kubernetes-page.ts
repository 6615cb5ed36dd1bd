import { makeManifests } from '../../companions/manifests.js';
import {
  deployRules,
  manifestRules,
  migrationRules,
  referenceRules,
  statusRules,
  templateRules,
} from '../../kubernetes/permissions.js';
import { guessResource } from '../../kubernetes/resources.js';
import { stringifyYaml } from '../../yaml/stringify.js';

const secretRule = { apiGroups: [''], resources: ['secrets'], resourceNames: ['database'], verbs: ['get'] };

/** docs/kubernetes.md: the rights that the commands need, as the end-to-end tests have them. */
export function kubernetesPage(): string {
  const manifests = makeManifests(
    {
      job: 'deploy-staging',
      target: {
        kind: 'kubernetes',
        access: { kind: 'eks', cluster: 'staging', region: 'us-east-1' },
        namespace: 'shop-staging',
        workloads: ['deployment/web'],
        manifests: undefined,
        containers: [],
      },
      migration: {
        command: ['node', 'migrate.js'],
        workload: 'deployment/web',
        manifest: undefined,
        timeout: '30m',
        failedBefore: 'rerun',
        onCancel: 'leave',
      },
    },
    undefined,
  );
  const web = { kind: 'deployment' } as const;
  return `# Kubernetes

## What the deploy job may do

In the namespace of the workloads, and nothing outside of it. The end-to-end tests deploy as a user who has exactly these
rules, here for Deployments. Without a migration the rules of \`deploy\` are enough.

\`\`\`yaml
# deploy
${stringifyYaml({ rules: deployRules([web]) })}---
# run_migration
${stringifyYaml({ rules: [...templateRules(web), ...migrationRules] })}\`\`\`

\`npx gen-config companions\` writes them as a Role for each environment, under \`.circleci/companions/kubernetes\`: on EKS
bound to a group of the environment's own, in which an access entry puts its IAM role; elsewhere to a ServiceAccount, or
with \`--group\` to a group that there is. For the environment \`staging\`:

\`\`\`yaml
${manifests}\`\`\`

\`create\` of Pods is used in a dry run alone, to learn what quotas and policies say of a Pod; whoever may patch a workload or
create a Job can have any Pod made anyway. Without it, and without \`pods/log\` and \`events\`, the commands go on and know less.

## What is verified first

Before anything is changed, and told all at once:

| what | how | without the right |
|---|---|---|
| the rights themselves | a SelfSubjectAccessReview for each: access policies of EKS count like Roles | |
| quotas, limit ranges, Pod Security, policies, webhooks, the service account | a Pod of the new template in a dry run: nothing is stored, no quota is used | left to the wait |
| Secrets, ConfigMaps and volume claims that the Pod cannot start without, and keys of ConfigMaps | \`get\` of each by its name, of a Secret and a claim the metadata alone | left to the wait |
| the architecture that a node selector or affinity asks for | the platforms that \`verify_image\` has noted | |

- A quota that is full is an error where a new Pod has to be made before an old one ends, and is looked at for 15 seconds;
  elsewhere it is told, since an old Pod makes room. A policy or webhook that refuses a Pod of the running template as well
  is told and not believed: it may be about who asks.
- Whether the nodes may pull the image, and whether a Secret has a key, nobody can tell from outside. The wait sees it within
  seconds of the Pod's start.

The companions give no right to read what a Pod refers to. These rules let it be verified; for Secrets name each, since
Kubernetes has no right to see that a Secret is there without a right to read it:

\`\`\`yaml
${stringifyYaml({ rules: [...referenceRules, secretRule] })}\`\`\`

## How the cluster is reached

- \`eks\` and \`region\`: the cluster is looked up with \`eks:DescribeCluster\`, and the job's IAM role is its user.
- \`kubeconfig\`: the name of an environment variable that holds a kubeconfig, plain or in base64, or its path. Tokens,
  client certificates and exec plugins work.
- Neither: the service account of the Pod that the job runs in.

A job may take longer than any credential lives. A token for EKS is made anew every five minutes, AWS keys a quarter of an
hour before they end, the output of an exec plugin before its \`expirationTimestamp\`; the token of a service account is read
from its file each time; and whatever the cluster refuses is renewed once. When the job's OIDC token has ended,
\`circleci run oidc get\` makes a new one with the same audience. CircleCI puts that program on the \`PATH\` of its jobs;
where it is not there, the job can go on for as long as the last keys live, and then says so. What has ended is judged by
those who refuse it, too, and a clock that is wrong is named.

## The workloads

| kind | when it is done | what is refused |
|---|---|---|
| \`deployment\` | every replica is of the new template and available, and no old Pod is left | \`paused\` |
| \`statefulset\` | the same | \`OnDelete\`, a \`partition\` |
| \`daemonset\` | the same, on every node that fits | \`OnDelete\` |
| \`rollout\` (Argo Rollouts) | it is Healthy and the new template is the stable one; a pause without a duration is told, and waited for until the time is up | \`paused\`, \`workloadRef\` |
| \`cronjob\` | at once: its next Job has the digest, and one that runs is left alone | |

Without \`manifests\` they must be there before the first deployment, with any image of the repository in them: \`deploy\`
replaces the image of every container that runs the repository by the digest, and a workload without such a container is an
error. A container that is to get the digest whatever its image is can be named in \`containers\`. \`kubectl apply\` of
manifests that name another image sets that image back; put the digest that runs into them first, or let \`deploy\` apply
them.

\`deploy\` waits by watching the workloads and their Pods. A user who has no right to \`watch\` (the Role of an older version)
may deploy all the same: everything is read every two seconds then, which takes far more requests.

Each deployment leaves annotations on the workload, none on its Pods: \`build-once/commit\`, \`digest\`, \`created\` (when the
image was built), \`deployed-at\`, \`user\` (the id of the CircleCI user that caused the job to run), \`job\`, \`pipeline\`,
\`previous\` (what it replaced), and the cause that \`kubectl rollout history\` shows. The next deployment reads them to refuse
an older commit ([guarantee.md](guarantee.md#no-older-commit-takes-the-place-of-a-newer-one)), so leave them there.

## Going back

\`rollback: automatic\` of an environment: when the workloads do not come up with the digest, or one of them refuses it, all
that this deployment has set go back to the images and to the record that they had, and are waited for. The job fails
with exit code 75 and the cause of the failure; what somebody else has changed meanwhile is left, and then it is not 75. A
Deployment keeps Pods of the version before until the new ones are ready, with or without it; it is what ends the rollout.

\`build-once rollback\` goes back by hand, in a job or from a laptop: to what the last deployment replaced, which it has left on
the workload as \`build-once/previous\`, or with \`--to\` to a commit, a digest or a SemVer tag that the environment has passed.
It shows what runs and what it returns to, and needs neither a build nor git; \`--dry-run\` stops there. A set goes back as a
whole: where its workloads ran different versions before, it asks for one.

A StatefulSet waits for a broken Pod before it replaces it, also by a good one
([forced rollback](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback)). So on the way
back its Pods of the failed version that are not ready are deleted, and before a deployment those of another version that
cannot become ready. The right to \`delete\` Pods is for that, and only there with a StatefulSet. A Rollout returns to its stable ReplicaSet; a CronJob has the image back for its next Job.

## What runs where

\`npx gen-config status\` in a checkout of the repository asks the cluster of each environment in the spec. It changes nothing:

\`\`\`text
123456789012.dkr.ecr.us-east-1.amazonaws.com/shop
  staging     context "arn:aws:eks:us-east-1:123456789012:cluster/staging" of /home/me/.kube/config, namespace shop
  production  EKS cluster production in us-east-1 of account 123456789012 with your AWS credentials, namespace shop

  ENVIRONMENT  WORKLOAD        COMMIT        IMAGE                  DEPLOYED              ROLLOUT                                                     BY
  staging      deployment/web  9b1f0c2d4e6a  sha256:5c3e8f0a1b2d..  2026-02-03T10:11:12Z  not done: 1 of 2 replicas updated, 2 available, 1 old left  https://circleci.com/gh/acme/shop/214
  production   deployment/web  4e6a9b1f0c2d  sha256:e77d1c0b9a8f..  2026-02-01T08:09:10Z  4 of 4 replicas updated, 4 available                        https://circleci.com/gh/acme/shop/187

  deployment/web of staging: container "web" of Pod web-7d4b9c8f6d-x2x7k: it runs, but is not ready

  production is 2 commits behind staging.
\`\`\`

The commit, the time and the job are those of the record that a deployment leaves; where somebody has changed the image since, the
commit is not known. How far an environment is behind the one that it comes \`after\`, git in this checkout says.
\`--environment\` and \`--service\` show a part, and \`--format json\` is for programs. An environment that cannot be read does not
hide the others; the exit code is 1 then.

It asks as you, never as the roles of the spec:

- \`eks\`: by the context of your kubeconfig (\`$KUBECONFIG\` or \`~/.kube/config\`) whose cluster is this one, by region, name and the
  account of the environment's role, as \`aws eks update-kubeconfig\` names it. Without such a context with your AWS credentials,
  which need \`eks:DescribeCluster\`; a cluster of another account is refused.
- \`kubeconfig\`: what the variable holds, where you have set it.
- \`--context ENVIRONMENT=NAME\` goes before both. The current context is never taken: nothing says of which environment it is.

In a job of CircleCI (\`CIRCLECI=true\`) it asks as the deploy job does, and needs the same contexts. The ClusterRole \`view\` has the
rights that it needs, and so has the Role of the deploy job; no more than these are used, here for Deployments:

\`\`\`yaml
${stringifyYaml({ rules: statusRules([web]) })}\`\`\`

\`build-once status --environments staging=shop-staging,production=shop --workloads deployment/web\` shows the same of the
environments of one cluster, without a spec.

## The manifests

With \`manifests: k8s/staging\` in \`kubernetes\` of the environment, \`deploy\` applies what is in that folder of the
repository: all files \`*.yaml\`, \`*.yml\` and \`*.json\` in it, as \`kubectl apply\` reads them, without its subfolders.
A folder with a kustomization is built by \`kustomize\` or \`kubectl\`, one of which the image of the job must have; that of
the jobs that gen-config writes has kubectl, where \`manifests\` is no single file.

\`\`\`yaml
kubernetes: { eks: staging, region: us-east-1, namespace: shop-staging, workloads: [deployment/web], manifests: k8s/staging }
\`\`\`

The log of a deployment, or of \`--dry-run\`, which stops before anything is changed. Values of Secrets and of environment
variables are not shown:

\`\`\`text
configmap/web: data.GREETING: hello -> "good evening"
secret/web: data.password: (changed)
service/web: nothing to change
deployment/worker: is made, with the image in worker
deployment/web: spec.template.spec.containers[web].env[LOG_LEVEL].value: (changed)
deployment/web: takes over from kubectl-set: spec.template.spec.containers[web].image
\`\`\`

- **The image.** The digest takes the place of the image in every container whose image is of the repository, under any tag,
  and in those that \`containers\` names. When no workload has one, nothing is applied. A folder is of one image: a workload
  that another pipeline deploys is refused.
- **The workloads** of the spec have to be among the manifests, which may have more. All workloads in them are waited for;
  Jobs, Pods and resources of other kinds are applied and not waited for.
- **All or nothing, as far as that can be known.** Everything is applied in a dry run first, and where one object is refused,
  nothing is changed. Objects that others refer to come first (service accounts, Secrets, ConfigMaps, Services), workloads
  last. The digest and the record go onto a workload in the same request.
- **No older commit.** What runs is compared as ever, and where two commits have one and the same image, too: an approval
  that is clicked late puts no old manifests over new ones.
- **Whose a field is.** It is a server-side apply of the field manager \`build-once\`. A field that another has set to another
  value is refused, with its owner and both values. Take it out of the manifest where the owner is to have its way, as
  \`spec.replicas\` of what an autoscaler scales; or give both the same value, in the manifest or in the cluster; or run
  \`build-once deploy\` with \`--force-conflicts\` by hand or in a config of your own (jobs that gen-config writes never force).
  Who gives way without it: \`kubectl apply\`, \`kubectl rollout undo\`, the controller of Argo Rollouts, which writes its
  defaults into a Rollout, and whoever has set the image.
- **What is taken out.** A field that is taken out of a manifest is taken out of the object, if \`deploy\` has applied it before;
  the number of replicas alone stays as it is. What \`kubectl apply\` has set stays; delete it there by hand once. A container
  with an image of the repository that stays in this way is refused. An object that is taken out of the folder stays in the
  cluster: nothing is ever deleted.
- **Configuration.** A changed ConfigMap restarts no Pods. kustomize's \`configMapGenerator\` gives it a name by its content,
  which does; the ones of before stay.
- **Namespace.** Objects of other namespaces, and of the whole cluster, are refused.
- **Jobs.** A Job cannot be changed, and the digest is another one each time: what is to run once with each deployment is a
  \`migration\`.
- **A rollback**, automatic or by hand, returns images and leaves everything else as it was applied, also a workload that the
  deployment has made and a container that it has added. A workload without the image that the manifests have changed has
  to be up as it is, else the rollback has not come up.
- **A migration** comes first, with the Pod of a workload that is there. Before the first deployment there is none:
  \`migration.manifest\` names the file or the folder to take it from, which may be the same one. The Secrets, ConfigMaps and
  the service account that this Pod refers to have to be there by then, as a ConfigMap that \`configMapGenerator\` has just
  given another name is not.
- **Not built here** are Helm charts; commit what \`helm template\` prints.

The user needs \`get\`, \`patch\` and \`create\` for each kind in the folder. \`gen-config companions\` reads the kinds and
writes the rules; for a Secret and a Service:

\`\`\`yaml
${stringifyYaml({ rules: manifestRules([guessResource('v1', 'Secret'), guessResource('v1', 'Service')]) })}\`\`\`

## How long it waits

What cannot heal fails at once, what can fails when it has lasted for \`--grace\`, and all has an end by \`--timeout\`:

| what | how long it may last |
|---|---|
| an image that is not there or may not be pulled, a name that is none, a missing Secret or key that a variable is taken from, a command that is not in the image, a policy that refuses the Pod, a quota that is too small for it | not at all |
| a container that crashes | until it is down for the third time |
| a quota in which none of its own Pods makes room | 15 s |
| a missing service account, a missing Secret of a volume, a missing volume claim; no node has room, and the autoscaler says that it adds none; a quota that others have used up, or that was just made and is not counted yet | a minute, for what is being applied or is ending at the same moment; \`--grace\` where that is shorter |
| a registry, a volume or a webhook that fails; no node has room; a readiness probe that fails; a readiness gate that is shut | \`--grace\` |
| a startup probe that fails, a node that an autoscaler is adding, a Rollout that waits for a person | until its own end, or \`--timeout\` |

Whatever heals is forgotten: the time counts from the last moment at which the Pod was well.

## The migration

\`run_migration\` makes a Job whose Pod is that of the workload (environment, secrets, service account, volumes, init
containers) with the image replaced by the digest and the command by yours. Other containers, probes and ports are left
out. Where the workload is not there before the first deployment, \`migration.manifest\` names a file or a folder of manifests
to take the Pod from.

- **Its log** is in the step as it comes. After a minute of silence there is a line that says what is waited for, so that
  CircleCI does not end the step.
- **Never twice.** The name of the Job is made of the image, environment, commit and command. One that runs is taken up,
  with its log from the start; one that has succeeded is enough. One that has failed is shown, deleted and run anew, since
  whoever reruns a job asks for that; a step that CircleCI runs again by itself (\`max_auto_reruns\`) does not. With
  \`failed_before: stop\` it is shown, and run anew only when somebody has deleted the Job.
- **What proves that it is done:** the success that was seen is noted on the Job (\`build-once/result\`); or the Job is
  Complete, and its Pod is still there and ended of its own accord. A Job that is Complete without either counts as one that
  has failed: a program whose Pod is put out, as when its node is drained, may well exit with 0 half way.
- **Never two at once.** A Lease for each environment and image is held and renewed while the migration runs. Who comes
  later says who holds it, and waits as long as \`migration.timeout\`. A holder that was killed is taken over 30 seconds after
  its last sign of life, by the clock of the one who waits; but never before its Job has ended.
- **When the job is cancelled**, the migration goes on in the cluster and the next run takes it up, or with
  \`on_cancel: delete\` its Job is deleted. The last line says which it was.
- **The verdict is the exit code of its container.** A container that a service mesh has injected into the Pod has no say:
  when it runs on after the migration, the success is noted and the Pod is ended. Native sidecars (init containers with
  \`restartPolicy: Always\`) are ended by the cluster.

A Job is kept for a day, then the cluster deletes it: a job that is run again later migrates again, so a migration must be
able to find nothing to do.

## The log of a migration

What the container writes is in the CircleCI step as it comes: each line once, in the order of the node's log file, through
cut streams, container restarts, log rotation, and restarts of the API server and the kubelet. Escape sequences and control
characters are taken out, since they could hide text in a terminal; a carriage return in a line becomes a space, and bytes
that are no UTF-8 stay. A line of more than 2 MiB is given in parts, and that is said.

A node throws away what exceeds \`containerLogMaxSize\` (10 MiB), and the API gives the newest file of a log only. So a Job
that is taken up later has its log from the start as far as the node still has it. Lost is what is rotated away while nobody
can reach the node, or while a container writes tens of megabytes faster than the kubelet reads them out, a few megabytes a
second. Where no way leads to the end of a log, the step says that it may not be whole.
`;
}
