-- RegisterVehicle adds a vehicle, or moves one that is known to another fleet or label. Its status stays.
-- name: RegisterVehicle :exec
INSERT INTO vehicles (id, fleet_id, label)
VALUES (@id, @fleet_id, @label)
ON CONFLICT (id) DO UPDATE SET fleet_id = EXCLUDED.fleet_id, label = EXCLUDED.label;

-- name: GetVehicle :one
SELECT id, fleet_id, label, status FROM vehicles WHERE id = $1;

-- SetStatus changes what a vehicle is doing; no row means that there is no such vehicle.
-- name: SetStatus :execrows
UPDATE vehicles SET status = @status WHERE id = @id;

-- RetireVehicle removes a vehicle; call DropPings in the same batch.
-- name: RetireVehicle :execrows
DELETE FROM vehicles WHERE id = $1;

-- CountByStatus is the number of a fleet's vehicles in each status that occurs.
-- name: CountByStatus :many
SELECT status, count(*) AS vehicles
FROM vehicles
WHERE fleet_id = $1
GROUP BY status
ORDER BY status;
