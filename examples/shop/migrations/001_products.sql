CREATE TABLE products (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> ''),
  price_cents integer NOT NULL CHECK (price_cents > 0),
  stock integer NOT NULL CHECK (stock >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO products (name, price_cents, stock) VALUES
  ('Filter paper, 100 sheets', 450, 5000),
  ('Hand grinder', 8900, 120),
  ('Pour-over kettle', 6400, 80);
