-- name: PointRead :one
SELECT id, fleet_id, label, status FROM vehicles WHERE id = $1;

-- name: RangeTopK :many
SELECT at, lat, lon, speed FROM pings WHERE vehicle_id = $1 AND at >= $2 AND at < $3 ORDER BY at DESC LIMIT 10;

-- name: JoinRead :many
SELECT v.id, v.label, p.lat, p.lon FROM vehicles v JOIN positions p ON p.vehicle_id = v.id WHERE v.fleet_id = $1;

-- name: AggregateRead :many
SELECT status, count(*) FROM vehicles WHERE fleet_id = $1 GROUP BY status;

-- name: Fastest :many
SELECT vehicle_id, at, speed FROM pings WHERE fleet_id = $1 ORDER BY speed DESC LIMIT 10;

-- name: SpeedByVehicle :one
SELECT count(*), avg(speed) FROM pings WHERE vehicle_id = $1;

-- name: PingAt :one
SELECT lat, lon FROM pings WHERE vehicle_id = $1 AND at = $2;

-- name: InsertPing :exec
INSERT INTO pings (vehicle_id, at, fleet_id, lat, lon, speed) VALUES ($1, $2, $3, $4, $5, $6);

-- name: SetStatus :exec
UPDATE vehicles SET status = $2 WHERE id = $1;
