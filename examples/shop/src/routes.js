import { checkOrder } from './check-order.js';
import { Problem } from './problem.js';
import { readJson } from './read-json.js';

/**
 * What the shop answers.
 *
 * @param store see store.js; the only way to the database
 * @param version what GET /version answers
 * @param migrations names of the migrations that this release needs
 * @param state `{ stopping }`
 */
export function shopRoutes({ store, version, migrations, state }) {
  return [
    {
      // Only whether the process answers: a restart would not bring a lost database back.
      method: 'GET',
      path: '/healthz',
      quiet: true,
      handle: () => ({ body: { status: 'ok' } }),
    },
    {
      method: 'GET',
      path: '/readyz',
      quiet: true,
      handle: async () => {
        if (state.stopping) throw new Problem(503, 'stopping', 'This process is shutting down.');
        const applied = new Set(await store.listAppliedMigrations());
        const missing = migrations.filter((name) => !applied.has(name));
        if (missing.length === 0) return { body: { status: 'ready' } };
        throw new Problem(503, 'not_migrated', 'The database has not been migrated.', { details: missing });
      },
    },
    { method: 'GET', path: '/version', handle: () => ({ body: version }) },
    { method: 'GET', path: '/products', handle: async () => ({ body: { products: await store.listProducts() } }) },
    {
      method: 'GET',
      path: '/products/:id',
      handle: async ({ parameters }) => {
        if (!/^[1-9]\d{0,8}$/.test(parameters.id)) {
          throw new Problem(400, 'bad_id', "A product's id is a positive whole number.");
        }
        const product = await store.findProduct(Number(parameters.id));
        if (!product) throw new Problem(404, 'not_found', `There is no product ${parameters.id}.`);
        return { body: product };
      },
    },
    {
      method: 'POST',
      path: '/orders',
      handle: async ({ request }) => {
        const { order, problems } = checkOrder(await readJson(request));
        if (problems.length > 0) throw new Problem(400, 'bad_order', 'The order is not valid.', { details: problems });
        const placed = await store.placeOrder(order);
        return { status: 201, headers: { location: `/orders/${placed.id}` }, body: placed };
      },
    },
    {
      method: 'GET',
      path: '/orders/:id',
      handle: async ({ parameters }) => {
        if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(parameters.id)) {
          throw new Problem(400, 'bad_id', "An order's id is a UUID in lower case.");
        }
        const order = await store.findOrder(parameters.id);
        if (!order) throw new Problem(404, 'not_found', `There is no order ${parameters.id}.`);
        return { body: order };
      },
    },
  ];
}
