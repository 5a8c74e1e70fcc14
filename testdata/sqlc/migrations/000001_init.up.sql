CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE TYPE state AS ENUM ('open', 'paid');
CREATE TABLE customers (id uuid PRIMARY KEY, name varchar(40) NOT NULL, invited_by uuid, settings jsonb NOT NULL);
COMMENT ON TABLE customers IS 'Those who order.';
