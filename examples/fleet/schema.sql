-- Vehicles of several fleets and the positions they report.

CREATE TYPE vehicle_status AS ENUM ('idle', 'moving', 'charging', 'workshop');

CREATE TABLE vehicles (
    id       bigint PRIMARY KEY,
    fleet_id integer NOT NULL,
    label    text NOT NULL,
    status   vehicle_status NOT NULL DEFAULT 'idle'
);

-- A ping is written once, several a minute for each vehicle, and never changes.
CREATE TABLE pings (
    vehicle_id bigint NOT NULL,
    at         timestamptz NOT NULL,
    lat        double precision NOT NULL,
    lon        double precision NOT NULL,
    speed      real NOT NULL,      -- km/h, in steps of 0.5
    heading    smallint NOT NULL,  -- degrees, clockwise from north
    PRIMARY KEY (vehicle_id, at)
);

-- When each vehicle was heard of last.
CREATE VIEW last_pings AS
SELECT vehicle_id, max(at) AS at
FROM pings
GROUP BY vehicle_id;
