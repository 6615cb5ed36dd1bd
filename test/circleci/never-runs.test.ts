import t from 'tap';
import { validateConfig } from '../../src/circleci/language/rules/validate.js';

/** Whether a workflow with this condition is said never to run. */
function neverRuns(condition: string): boolean {
  const text = `version: 2.1
parameters:
  run: { type: boolean, default: false }
  to: { type: enum, enum: [a, b], default: a }
jobs: { j: { docker: [{ image: "x:1" }], steps: [run: "<< pipeline.parameters.run >><< pipeline.parameters.to >>"] } }
workflows: { w: { ${condition}, jobs: [j] } }
`;
  return validateConfig(text, 'c').some(({ code }) => code === 'config/never-runs');
}

t.test('conditions that no values make true', async (t) => {
  for (const condition of [
    `when: 'pipeline.git.branch == "main" and pipeline.git.branch == "dev"'`,
    'when: { and: [{ equal: [main, << pipeline.git.branch >>] }, { equal: [dev, << pipeline.git.branch >>] }] }',
    `when: 'pipeline.parameters.to == "c"'`,
    'when: { and: [<< pipeline.parameters.run >>, { not: << pipeline.parameters.run >> }] }',
    `unless: 'pipeline.git.branch == "main" or pipeline.git.branch != "main"'`,
    'when: false',
  ]) {
    t.ok(neverRuns(condition), condition);
  }
});

t.test('conditions that some values make true', async (t) => {
  for (const condition of [
    `when: 'pipeline.git.branch == "main" or pipeline.git.branch == "dev"'`,
    `when: 'pipeline.git.branch == "main" and pipeline.git.tag == ""'`,
    `when: 'pipeline.git.branch != "main" and pipeline.git.branch != "dev"'`,
    `when: 'pipeline.parameters.to == "b"'`,
    'when: { equal: ["true", << pipeline.parameters.run >>] }',
    'when: << pipeline.parameters.run >>',
    `when: 'pipeline.git.branch starts-with "a" and pipeline.git.branch matches /b.*/'`,
    `when: 'pipeline.git.branch == pipeline.git.tag'`,
    `unless: 'pipeline.number == 7'`,
    'when: { not: { equal: ["", << pipeline.schedule.name >>] } }',
  ]) {
    t.notOk(neverRuns(condition), condition);
  }
});
