-- name: Vote :one
SELECT vote(@phone, @contestant, @max_votes);

-- name: AddContestant :exec
INSERT INTO contestants (contestant_number, contestant_name) VALUES ($1, $2);

-- name: AddAreaCode :exec
INSERT INTO area_code_state (area_code, state) VALUES ($1, $2);

-- name: VotesOf :one
SELECT num_votes FROM v_votes_by_phone_number WHERE phone_number = $1;

-- Leaderboard lists the contestants who have votes, the leader first.
-- name: Leaderboard :many
-- prequel: allow scan
SELECT c.contestant_name, c.contestant_number, sum(v.num_votes) AS total_votes
FROM v_votes_by_contestant_number_state v
JOIN contestants c ON c.contestant_number = v.contestant_number
GROUP BY c.contestant_name, c.contestant_number
ORDER BY total_votes DESC, c.contestant_number, c.contestant_name;

-- Heatmap is the number of a contestant's votes in each state that has any.
-- name: Heatmap :many
SELECT state, num_votes FROM v_votes_by_contestant_number_state WHERE contestant_number = $1 ORDER BY state;
