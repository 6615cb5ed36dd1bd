import t from 'tap';
import { findAssigned, findByName } from '../../src/circleci/language/rules/security/secrets.js';

t.test('secrets by the name that they are given to', async (t) => {
  for (const script of [
    'export DB_PASSWORD=Xk29fjw7QmZ3pL8vRt',
    `API_TOKEN='9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c' ./deploy`,
    'set -e; CLIENT_SECRET="a8Zq0Lw7Rt5Yp3Nm1"\n./x',
  ]) {
    t.match(findAssigned(script), { what: /^the secret "\w+"$/ }, script);
  }
  for (const script of [
    'export DB_PASSWORD=$PROD_DB_PASSWORD',
    'export DB_PASSWORD=ci_test_password_1',
    'export TOKEN=$(vault read -field=token secret/x9k2m4)',
    'docker run -e API_KEY=placeholder-for-tests web',
    'IMAGE=9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c',
  ]) {
    t.equal(findAssigned(script), undefined, script);
  }
  t.ok(findByName('hunter2hunter2', ['docker', 0, 'auth', 'password']), 'what logs in to a registry');
  t.notOk(findByName('$DOCKERHUB_PASSWORD', ['docker', 0, 'auth', 'password']));
  t.ok(findByName('9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c', ['environment', 'API_TOKEN']));
  t.notOk(findByName('a-name-for-tests-only-1', ['environment', 'API_TOKEN']));
});
