-- Both columns have a default or may be null, so the release before this one goes on inserting orders during the rollout.
ALTER TABLE orders
  ADD COLUMN status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'confirmed')),
  ADD COLUMN confirmed_at timestamptz;

-- What the worker asks for again and again. Confirmed orders are not in it, so it stays small.
CREATE INDEX orders_new ON orders (created_at) WHERE status = 'new';
