-- name: GetSubscriberData :one
SELECT * FROM subscriber WHERE s_id = $1;

-- GetNewDestination is where a call goes that begins within some hours of the day.
-- name: GetNewDestination :many
SELECT cf.numberx
FROM special_facility sf
JOIN call_forwarding cf ON cf.s_id = sf.s_id AND cf.sf_type = sf.sf_type
WHERE sf.s_id = @s_id AND sf.sf_type = @sf_type AND sf.is_active = 1
  AND cf.start_time <= @start_time AND cf.end_time > @end_time
ORDER BY cf.start_time;

-- name: GetAccessData :one
SELECT data1, data2, data3, data4 FROM access_info WHERE s_id = @s_id AND ai_type = @ai_type;

-- name: UpdateSubscriberData :exec
SELECT update_subscriber_data(@s_id, @bit_1, @data_a, @sf_type);

-- name: UpdateLocation :execrows
UPDATE subscriber SET vlr_location = @vlr_location WHERE sub_nbr = @sub_nbr;

-- name: InsertCallForwarding :exec
SELECT insert_call_forwarding(@sub_nbr, @sf_type, @start_time, @end_time, @numberx);

-- name: DeleteCallForwarding :one
SELECT delete_call_forwarding(@sub_nbr, @sf_type, @start_time);
