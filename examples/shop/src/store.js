import { inTransaction } from './database.js';
import { Problem } from './problem.js';

const productColumns = 'id, name, price_cents AS "priceCents", stock';

/** Everything the shop asks of PostgreSQL. */
export function createStore(pool) {
  return {
    listAppliedMigrations: async () => {
      const { rows } = await pool.query("SELECT to_regclass('schema_migrations') IS NOT NULL AS there");
      if (!rows[0].there) return [];
      return (await pool.query('SELECT name FROM schema_migrations')).rows.map((row) => row.name);
    },

    listProducts: async () => (await pool.query(`SELECT ${productColumns} FROM products ORDER BY id`)).rows,

    findProduct: async (id) => (await pool.query(`SELECT ${productColumns} FROM products WHERE id = $1`, [id])).rows[0],

    placeOrder: (order) => inTransaction(pool, (client) => insertOrder(client, order)),

    findOrder: async (id) => {
      const { rows } = await pool.query(
        `SELECT id, email, status, created_at AS "createdAt", confirmed_at AS "confirmedAt",
           (SELECT json_agg(json_build_object('productId', product_id, 'quantity', quantity,
                                              'unitPriceCents', unit_price_cents) ORDER BY product_id)
            FROM order_lines WHERE order_id = orders.id) AS lines
         FROM orders WHERE id = $1`,
        [id],
      );
      return rows[0];
    },

    /** Confirms up to `limit` of the oldest new orders, gives their ids. Several workers never get the same order. */
    confirmNewOrders: async (limit) => {
      const { rows } = await pool.query(
        `WITH picked AS (
           SELECT id FROM orders WHERE status = 'new' ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
         )
         UPDATE orders SET status = 'confirmed', confirmed_at = now()
         FROM picked WHERE orders.id = picked.id RETURNING orders.id`,
        [limit],
      );
      return rows.map((row) => row.id);
    },
  };
}

async function insertOrder(client, { email, lines }) {
  const priced = [];
  // Always in the order of the ids: two orders of the same products must not wait for each other in a circle.
  for (const line of lines.toSorted((a, b) => a.productId - b.productId)) {
    priced.push({ ...line, unitPriceCents: await takeFromStock(client, line) });
  }
  const { rows } = await client.query(
    'INSERT INTO orders (email) VALUES ($1) RETURNING id, email, status, created_at AS "createdAt"',
    [email],
  );
  await client.query(
    `INSERT INTO order_lines (order_id, product_id, quantity, unit_price_cents)
     SELECT $1, * FROM unnest($2::integer[], $3::integer[], $4::integer[])`,
    [
      rows[0].id,
      priced.map((line) => line.productId),
      priced.map((line) => line.quantity),
      priced.map((line) => line.unitPriceCents),
    ],
  );
  const totalCents = priced.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
  return { ...rows[0], lines: priced, totalCents };
}

/** The unit price, after the quantity has been taken. */
async function takeFromStock(client, { productId, quantity }) {
  const { rows } = await client.query(
    'UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING price_cents',
    [productId, quantity],
  );
  if (rows[0]) return rows[0].price_cents;
  const { rowCount } = await client.query('SELECT FROM products WHERE id = $1', [productId]);
  if (rowCount === 0) {
    throw new Problem(400, 'bad_order', 'The order is not valid.', { details: [`there is no product ${productId}`] });
  }
  throw new Problem(409, 'out_of_stock', `There are not ${quantity} of product ${productId} left.`);
}
