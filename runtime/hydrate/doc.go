// Package hydrate fills a store from a SQL source of truth. (PostgreSQL or SQLite.)
package hydrate
