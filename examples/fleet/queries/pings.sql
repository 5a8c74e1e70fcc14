-- name: RecordPing :exec
INSERT INTO pings (vehicle_id, at, lat, lon, speed, heading)
VALUES ($1, $2, $3, $4, $5, $6);

-- DropPings removes everything a vehicle reported.
-- name: DropPings :execrows
DELETE FROM pings WHERE vehicle_id = $1;

-- name: LatestPosition :one
SELECT at, lat, lon, speed, heading
FROM pings
WHERE vehicle_id = $1
ORDER BY at DESC
LIMIT 1;

-- FleetPositions is the last known position of every vehicle of a fleet that has reported one.
-- name: FleetPositions :many
-- prequel: allow scan
SELECT v.id, v.label, v.status, p.at, p.lat, p.lon, p.speed, p.heading
FROM vehicles v
JOIN last_pings l ON l.vehicle_id = v.id
JOIN pings p ON p.vehicle_id = l.vehicle_id AND p.at = l.at
WHERE v.fleet_id = $1
ORDER BY v.id;

-- RecentPings lists what a vehicle reported from one time until before another, newest first.
-- name: RecentPings :many
SELECT at, lat, lon, speed, heading
FROM pings
WHERE vehicle_id = @vehicle_id AND at >= @since AND at < @until
ORDER BY at DESC
LIMIT @max_rows;

-- FastPings is RecentPings with an optional minimum speed.
-- name: FastPings :many
SELECT at, lat, lon, speed, heading
FROM pings
WHERE vehicle_id = @vehicle_id AND at >= @since AND at < @until
  AND (sqlc.narg(min_speed)::real IS NULL OR speed >= sqlc.narg(min_speed))
ORDER BY at DESC
LIMIT @max_rows;

-- HourlySpeed sums up a vehicle's pings hour by hour.
-- name: HourlySpeed :many
SELECT date_trunc('hour', at) AS hour, count(*) AS pings, avg(speed) AS average, max(speed) AS maximum
FROM pings
WHERE vehicle_id = @vehicle_id AND at >= @since AND at < @until
GROUP BY 1
ORDER BY 1;

-- FastestVehicles are the ten vehicles of a fleet with the highest speed since a time, such as today's midnight.
-- name: FastestVehicles :many
SELECT v.id, v.label, max(p.speed) AS top_speed
FROM vehicles v
JOIN pings p ON p.vehicle_id = v.id
WHERE v.fleet_id = @fleet_id AND p.at >= @since
GROUP BY v.id, v.label
ORDER BY top_speed DESC, v.id
LIMIT 10;

-- SilentVehicles are those of a fleet that have not reported since a time, or never.
-- name: SilentVehicles :many
-- prequel: allow scan
SELECT v.id, v.label, l.at AS last_seen
FROM vehicles v
LEFT JOIN last_pings l ON l.vehicle_id = v.id
WHERE v.fleet_id = @fleet_id AND (l.at IS NULL OR l.at < @since)
ORDER BY l.at NULLS FIRST, v.id;
