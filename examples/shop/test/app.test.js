import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createApp } from '../src/app.js';
import { createLog } from '../src/log.js';
import { Problem } from '../src/problem.js';
import { shopRoutes } from '../src/routes.js';
import { close } from '../src/start.js';

const grinder = { id: 2, name: 'Hand grinder', priceCents: 8900, stock: 120 };
const placed = { id: '0d6f5c0e-6d0b-4c54-9a53-0a9d6a2f7d11', status: 'new', totalCents: 17_800 };
const version = { version: '1.2.3', commit: 'abc', image: null };

/** A store in memory; tests replace what they need to see or to fail. */
const standardStore = {
  listAppliedMigrations: async () => ['001_products.sql', '002_orders.sql'],
  listProducts: async () => [grinder],
  findProduct: async (id) => (id === grinder.id ? grinder : undefined),
  placeOrder: async () => placed,
  findOrder: async (id) => (id === placed.id ? placed : undefined),
};

async function start(t, { store = {}, state = { stopping: false } } = {}) {
  const lines = [];
  const log = createLog({ write: (line) => lines.push(JSON.parse(line)) });
  const routes = shopRoutes({
    store: { ...standardStore, ...store },
    version,
    migrations: ['001_products.sql', '002_orders.sql'],
    state,
  });
  const server = createServer(createApp({ routes, log, state })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => close(server, 0));
  const { port } = server.address();
  const ask = async (path, options) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, options);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  const order = (body, type = 'application/json') =>
    ask('/orders', { method: 'POST', headers: { 'content-type': type }, body });
  return { ask, order, lines, port, server };
}

const failing = (error) => async () => {
  throw error;
};

test('GET /healthz asks no database', async (t) => {
  const store = { listAppliedMigrations: failing(new Error('asked')) };
  const { ask, lines } = await start(t, { store });
  const { status, body } = await ask('/healthz');
  assert.deepEqual([status, body], [200, { status: 'ok' }]);
  assert.deepEqual(lines, [], 'probes that succeed are not logged');
});

test('GET /readyz wants every migration of this release, and minds none of a later one', async (t) => {
  let applied = ['001_products.sql', '002_orders.sql', '003_later.sql'];
  const { ask } = await start(t, { store: { listAppliedMigrations: async () => applied } });
  assert.equal((await ask('/readyz')).status, 200);
  applied = ['001_products.sql'];
  const { status, body } = await ask('/readyz');
  assert.equal(status, 503);
  assert.deepEqual([body.error.code, body.error.details], ['not_migrated', ['002_orders.sql']]);
});

test('GET /readyz fails while stopping, and connections are closed', async (t) => {
  const { ask } = await start(t, { state: { stopping: true } });
  const ready = await ask('/readyz');
  assert.deepEqual([ready.status, ready.body.error.code], [503, 'stopping']);
  const products = await ask('/products');
  assert.deepEqual([products.status, products.headers.get('connection')], [200, 'close']);
});

test('GET /version', async (t) => {
  const { ask } = await start(t);
  assert.deepEqual((await ask('/version')).body, version);
});

test('GET /products and one of them', async (t) => {
  const { ask, lines } = await start(t);
  const list = await ask('/products?page=1');
  assert.deepEqual(list.body, { products: [grinder] });
  assert.equal(list.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.deepEqual((await ask('/products/2')).body, grinder);
  const { level, message, method, path, status, requestId } = lines[0];
  assert.deepEqual([level, message, method, path, status], ['info', 'request', 'GET', '/products', 200]);
  assert.equal(requestId, list.headers.get('x-request-id'));
});

test('HEAD is GET without a body', async (t) => {
  const { ask } = await start(t);
  const { status, headers, body } = await ask('/products/2', { method: 'HEAD' });
  assert.deepEqual([status, body], [200, undefined]);
  assert.equal(headers.get('content-length'), String(JSON.stringify(grinder).length + 1));
});

for (const [method, path, status, code] of [
  ['GET', '/', 404, 'not_found'],
  ['GET', '/products/', 400, 'bad_id'],
  ['GET', '/products/3', 404, 'not_found'],
  ['GET', '/products/2/reviews', 404, 'not_found'],
  ['GET', '/products/two', 400, 'bad_id'],
  ['GET', '/products/2%27', 400, 'bad_id'],
  ['GET', '/products/99999999999', 400, 'bad_id'],
  ['GET', '/products/%zz', 400, 'bad_path'],
  ['GET', '/orders/1', 400, 'bad_id'],
  ['GET', '/orders/00000000-0000-0000-0000-000000000000', 404, 'not_found'],
]) {
  test(`${method} ${path} answers ${status} ${code}`, async (t) => {
    const { ask } = await start(t);
    const answer = await ask(path, { method });
    assert.deepEqual([answer.status, answer.body.error.code], [status, code]);
    assert.equal(typeof answer.body.error.message, 'string');
  });
}

test('another method answers 405 and names those that are there', async (t) => {
  const { ask } = await start(t);
  const answer = await ask('/products', { method: 'DELETE' });
  assert.deepEqual([answer.status, answer.body.error.code], [405, 'method_not_allowed']);
  assert.equal(answer.headers.get('allow'), 'GET, HEAD');
  assert.equal((await ask('/orders')).headers.get('allow'), 'POST');
});

test('POST /orders hands the checked order to the store', async (t) => {
  const orders = [];
  const placeOrder = async (order) => {
    orders.push(order);
    return placed;
  };
  const { order } = await start(t, { store: { placeOrder } });
  const wanted = { email: 'ada@example.com', lines: [{ productId: 2, quantity: 2 }] };
  const answer = await order(JSON.stringify(wanted), 'application/json; charset=utf-8');
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get('location'), `/orders/${placed.id}`);
  assert.deepEqual(answer.body, placed);
  assert.deepEqual(orders, [wanted]);
});

for (const [title, body, details] of [
  ['no object', [], ['expected an object with "email" and "lines"']],
  ['null', null, ['expected an object with "email" and "lines"']],
  ['an empty object', {}, ['email: expected an e-mail address', 'lines: expected a list of 1 to 50']],
  [
    'a misspelt key',
    { email: 'a@b', lines: [{ productId: 1, quantity: 1 }], coupon: 'X' },
    ['coupon: unknown, expected email or lines'],
  ],
  [
    'bad lines',
    { email: 'a@b', lines: [7, { productId: '1', quantity: 0 }, { productId: 1, quantity: 1.5, size: 'L' }] },
    [
      'lines[0]: expected an object with "productId" and "quantity"',
      'lines[1].productId: expected the id of a product',
      'lines[1].quantity: expected a whole number from 1 to 100',
      'lines[2].size: unknown, expected productId or quantity',
      'lines[2].quantity: expected a whole number from 1 to 100',
    ],
  ],
  [
    'a product twice',
    {
      email: 'a@b',
      lines: [
        { productId: 1, quantity: 1 },
        { productId: 1, quantity: 2 },
      ],
    },
    ['lines[1].productId: 1 is there twice'],
  ],
  [
    'too many lines',
    { email: 'a@b', lines: Array.from({ length: 51 }, (_, n) => ({ productId: n + 1, quantity: 1 })) },
    ['lines: expected a list of 1 to 50'],
  ],
  [
    'an address with a line break',
    { email: 'a@b\nBcc: c@d', lines: [{ productId: 1, quantity: 1 }] },
    ['email: expected an e-mail address'],
  ],
]) {
  test(`an order that is ${title} is refused with every reason`, async (t) => {
    const { order } = await start(t, { store: { placeOrder: failing(new Error('reached the store')) } });
    const answer = await order(JSON.stringify(body));
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body.error.details, details);
  });
}

test('a body that is no JSON, of another type, or too large is refused', async (t) => {
  const { order } = await start(t);
  const answers = [await order('{"email":'), await order('email=a', 'text/plain'), await order(' '.repeat(65_537))];
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body.error.code]),
    [
      [400, 'bad_json'],
      [415, 'unsupported_media_type'],
      [413, 'body_too_large'],
    ],
  );
});

test('a body that breaks off reaches no store and ends no process', async (t) => {
  const { port, lines, ask } = await start(t, { store: { placeOrder: failing(new Error('reached the store')) } });
  const socket = connect(port, '127.0.0.1');
  socket.end('POST /orders HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"em');
  await once(socket.resume(), 'close');
  assert.equal((await ask('/version')).status, 200);
  assert.ok(!lines.some((line) => line.level === 'error'));
});

test('a refusal of the store keeps its status', async (t) => {
  const problem = new Problem(409, 'out_of_stock', 'There are not 9 of product 2 left.');
  const { order, lines } = await start(t, { store: { placeOrder: failing(problem) } });
  const answer = await order(JSON.stringify({ email: 'a@b', lines: [{ productId: 2, quantity: 9 }] }));
  assert.deepEqual([answer.status, answer.body], [409, { error: { code: problem.code, message: problem.message } }]);
  assert.deepEqual(
    lines.map((line) => line.level),
    ['info'],
  );
});

for (const error of [
  Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' }),
  Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
  new Error('timeout exceeded when trying to connect'),
]) {
  test(`"${error.message}" answers 503 and says when to try again`, async (t) => {
    const { ask, lines } = await start(t, { store: { listProducts: failing(error) } });
    const answer = await ask('/products');
    assert.deepEqual([answer.status, answer.body.error.code], [503, 'database_unavailable']);
    assert.equal(answer.headers.get('retry-after'), '5');
    assert.ok(!JSON.stringify(answer.body).includes(error.message), 'the cause is for the log');
    assert.equal(lines[0].error.message, error.message);
  });
}

test('a mistake of ours answers 500 with the number of the request, and nothing of the cause', async (t) => {
  const error = Object.assign(new Error('column "prize" does not exist'), { code: '42703' });
  const { ask, lines } = await start(t, { store: { listProducts: failing(error) } });
  const { status, headers, body } = await ask('/products');
  assert.deepEqual([status, body.error.code], [500, 'internal_error']);
  assert.ok(body.error.message.includes(headers.get('x-request-id')));
  assert.ok(!JSON.stringify(body).includes('prize'));
  assert.deepEqual([lines[0].level, lines[0].error.code], ['error', '42703']);
});

test('closing waits for the answer under way', async (t) => {
  let answerNow;
  const asked = new Promise((reached) => {
    t.mock.method(standardStore, 'listProducts', () => {
      reached();
      return new Promise((done) => {
        answerNow = () => done([grinder]);
      });
    });
  });
  const { ask, server } = await start(t);
  const answer = ask('/products');
  await asked;
  const closed = close(server, 10_000);
  answerNow();
  assert.equal((await answer).status, 200);
  await closed;
});
