CREATE TABLE vehicles (
  id       integer PRIMARY KEY,
  fleet_id integer NOT NULL,
  label    text NOT NULL,
  status   text NOT NULL
);
CREATE TABLE positions (
  vehicle_id integer PRIMARY KEY,
  lat        double precision NOT NULL,
  lon        double precision NOT NULL
);
CREATE TABLE pings (
  vehicle_id integer NOT NULL,
  at         timestamptz NOT NULL,
  fleet_id   integer NOT NULL,
  lat        double precision NOT NULL,
  lon        double precision NOT NULL,
  speed      integer NOT NULL,
  PRIMARY KEY (vehicle_id, at)
);
