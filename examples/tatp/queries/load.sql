-- name: AddSubscriber :exec
INSERT INTO subscriber (s_id, sub_nbr, bit_1, bit_2, bit_3, bit_4, bit_5, bit_6, bit_7, bit_8, bit_9, bit_10, hex_1, hex_2, hex_3, hex_4,
    hex_5, hex_6, hex_7, hex_8, hex_9, hex_10, byte2_1, byte2_2, byte2_3, byte2_4, byte2_5, byte2_6, byte2_7, byte2_8, byte2_9, byte2_10,
    msc_location, vlr_location)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
    $29, $30, $31, $32, $33, $34);

-- name: AddAccessInfo :exec
INSERT INTO access_info (s_id, ai_type, data1, data2, data3, data4) VALUES ($1, $2, $3, $4, $5, $6);

-- name: AddSpecialFacility :exec
INSERT INTO special_facility (s_id, sf_type, is_active, error_cntrl, data_a, data_b) VALUES ($1, $2, $3, $4, $5, $6);

-- name: AddCallForwarding :exec
INSERT INTO call_forwarding (s_id, sf_type, start_time, end_time, numberx) VALUES ($1, $2, $3, $4, $5);
