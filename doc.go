// Package prequel compiles.
package prequel
