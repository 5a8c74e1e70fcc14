package verify

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/prequel-db/prequel/runtime"
)

// content is what a key holds: a hash's values by field, a sorted set's scores by member, a string under "".
type content map[string]string

// contents are a store's, by fingerprint of the structure and name of the key.
type contents map[string]map[string]content

// dump reads every key that begins with ARGV[1] in one step: names, types and contents in turn.
const dump = `
local out = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  local kind = redis.call('TYPE', key).ok
  local held = false
  if kind == 'hash' then
    held = redis.call('HGETALL', key)
  elseif kind == 'zset' then
    held = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif kind == 'string' then
    held = {'', redis.call('GET', key)}
  end
  out[#out + 1] = {key, kind, held}
end
return out`

// read reads all structures of a store.
func read(ctx context.Context, db *runtime.DB, atomic bool) (contents, error) {
	m := db.Program().Manifest()
	out := contents{}
	structure := func(key string) *runtime.Structure {
		for i := range m.Structures {
			s := &m.Structures[i]
			if rest, ok := strings.CutPrefix(key, string(s.Prefix)); ok && (rest == "" || rest[0] == ':') {
				return s
			}
		}
		return nil
	}
	add := func(key, kind string, words []string) error {
		s := structure(key)
		if s == nil || kind == "none" { // the key of another program, or gone meanwhile
			return nil
		}
		if want := map[string]string{"sorted set": "zset"}[s.Redis]; kind != s.Redis && kind != want {
			return fmt.Errorf("verify: key %q of %s is a %s", key, s.Name, kind)
		}
		if out[s.Fingerprint] == nil {
			out[s.Fingerprint] = map[string]content{}
		}
		c := content{}
		for i := 0; i+1 < len(words); i += 2 {
			c[words[i]] = words[i+1]
		}
		out[s.Fingerprint][key] = c
		return nil
	}
	pattern := m.KeyPattern()
	if atomic {
		reply, err := db.Redis().Eval(ctx, dump, nil, pattern).Slice()
		if err != nil {
			return nil, fmt.Errorf("verify: read the store: %w", err)
		}
		for _, e := range reply {
			entry := e.([]any)
			var words []string
			if held, ok := entry[2].([]any); ok {
				for _, w := range held {
					words = append(words, fmt.Sprint(w))
				}
			}
			if err := add(entry[0].(string), entry[1].(string), words); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	const atOnce = 500
	iter := db.Redis().Scan(ctx, 0, pattern, atOnce).Iterator()
	var keys []string
	flush := func() error {
		defer func() { keys = keys[:0] }()
		return readKeys(ctx, db.Redis(), keys, add)
	}
	for iter.Next(ctx) {
		if structure(iter.Val()) == nil {
			continue
		}
		if keys = append(keys, iter.Val()); len(keys) == atOnce {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if err := iter.Err(); err != nil {
		return nil, fmt.Errorf("verify: find the store's keys: %w", err)
	}
	return out, flush()
}

// readKeys reads keys, whose types are not known.
func readKeys(ctx context.Context, client *redis.Client, keys []string, add func(key, kind string, words []string) error) error {
	if len(keys) == 0 {
		return nil
	}
	types := make([]*redis.StatusCmd, len(keys))
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, key := range keys {
			types[i] = p.Type(ctx, key)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("verify: read the store: %w", err)
	}
	held := make([]redis.Cmder, len(keys))
	_, err = client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, key := range keys {
			switch types[i].Val() {
			case "hash":
				held[i] = p.HGetAll(ctx, key)
			case "zset":
				held[i] = p.ZRangeWithScores(ctx, key, 0, -1)
			case "string":
				held[i] = p.Get(ctx, key)
			}
		}
		return nil
	})
	if err != nil && err != redis.Nil && !redis.HasErrorPrefix(err, "WRONGTYPE") { // keys come and go meanwhile
		return fmt.Errorf("verify: read the store: %w", err)
	}
	for i, key := range keys {
		var words []string
		switch c := held[i].(type) {
		case *redis.MapStringStringCmd:
			for f, v := range c.Val() {
				words = append(words, f, v)
			}
		case *redis.ZSliceCmd:
			for _, z := range c.Val() {
				words = append(words, fmt.Sprint(z.Member), fmt.Sprint(z.Score))
			}
		case *redis.StringCmd:
			words = append(words, "", c.Val())
		}
		if err := add(key, types[i].Val(), words); err != nil {
			return err
		}
	}
	return nil
}
