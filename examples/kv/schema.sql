-- A key-value store of many tenants: entries with a version, for compare-and-swap, flags that are there or not, and counters.

CREATE TABLE entries (
    tenant  bigint NOT NULL,
    key     text NOT NULL,
    value   text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, key)
);

CREATE TABLE flags (
    tenant bigint NOT NULL,
    name   text NOT NULL,
    holder text NOT NULL,
    PRIMARY KEY (tenant, name)
);

CREATE TABLE counters (
    tenant bigint NOT NULL,
    name   text NOT NULL,
    n      bigint NOT NULL,
    PRIMARY KEY (tenant, name)
);
