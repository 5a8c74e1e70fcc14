-- name: Balance :one
SELECT balance(@customer);

-- name: DepositChecking :exec
SELECT deposit_checking(@customer, @amount);

-- name: TransactSavings :exec
SELECT transact_savings(@customer, @amount);

-- name: Amalgamate :exec
SELECT amalgamate(@customer, @beneficiary);

-- name: WriteCheck :exec
SELECT write_check(@customer, @amount);

-- name: SendPayment :exec
SELECT send_payment(@sender, @receiver, @amount);

-- name: AddAccount :exec
INSERT INTO accounts (custid, name) VALUES ($1, $2);

-- name: AddSavings :exec
INSERT INTO savings (custid, bal) VALUES ($1, $2);

-- name: AddChecking :exec
INSERT INTO checking (custid, bal) VALUES ($1, $2);
