package main

import (
	"os"
	"path/filepath"
)

// A variant of plugin.yaml, as a merge patch.
type variant struct {
	name  string
	patch map[string]any
}

func discover(keys map[string]any) map[string]any {
	return map[string]any{"spec": map[string]any{"discover": keys}}
}

func fileName(pattern string) map[string]any { return discover(map[string]any{"fileName": pattern}) }

func glob(pattern string) map[string]any {
	return discover(map[string]any{"find": map[string]any{"glob": pattern}})
}

var variants = []variant{
	{"as it is", nil},
	{"without a version", map[string]any{"spec": map[string]any{"version": nil}}},
	{"without parameters", map[string]any{"spec": map[string]any{"parameters": nil}}},
	{"with every field of a parameter", map[string]any{"spec": map[string]any{"parameters": map[string]any{"static": []any{
		map[string]any{"name": "a", "title": "A", "tooltip": "an a", "required": true, "itemType": "number", "collectionType": "array", "array": []any{"x", ""}},
		map[string]any{"name": "b", "collectionType": "map", "map": map[string]any{"k": "v", "": ""}},
		map[string]any{"name": "c", "string": "text"},
		map[string]any{},
	}}}}},
	{"with credentials and modes", map[string]any{"spec": map[string]any{"provideGitCreds": true, "preserveFileMode": true}}},
	{"with keys that nobody knows", map[string]any{"more": true, "spec": map[string]any{"lockRepo": true, "allowConcurrency": false}}},
	{"an empty discover", discover(map[string]any{})},
	{"an empty find", discover(map[string]any{"find": map[string]any{}})},
	{"fileName", fileName("sglang.toml")},
	{"fileName with a star", fileName("*.toml")},
	{"fileName with a class", fileName("[a-s]glang.toml")},
	{"fileName with an escape", fileName(`sglang\.toml`)},
	{"fileName below", fileName("chat/sglang.toml")},
	{"fileName below a star", fileName("*/sglang.toml")},
	{"fileName of two stars", fileName("**/sglang.toml")},
	{"fileName above", fileName("../sglang.toml")},
	{"fileName of a folder", fileName("chat")},
	{"fileName that is a bad pattern", fileName("[")},
	{"glob", glob("**/sglang.toml")},
	{"glob of a name", glob("sglang.toml")},
	{"glob with a star", glob("*/sglang.toml")},
	{"glob with alternatives", glob("**/{values,sglang}.{yaml,toml}")},
	{"glob of a question mark", glob("**/sglang.tom?")},
	{"glob of what there is not", glob("**/*.jsonnet")},
	{"glob of a folder", glob("**/chat")},
	{"glob of everything below", glob("services/**")},
	{"fileName before glob", discover(map[string]any{"fileName": "nothing", "find": map[string]any{"glob": "**/sglang.toml"}})},
}

// A refusal is a plugin.yaml that no server takes, and what both reasons name.
type refusal struct {
	name   string
	patch  map[string]any
	reason string
}

var refusals = []refusal{
	{"no name", map[string]any{"metadata": map[string]any{"name": ""}}, "metadata.name"},
	{"another kind", map[string]any{"kind": "Plugin"}, "should be ConfigManagementPlugin"},
	{"no command", map[string]any{"spec": map[string]any{"generate": map[string]any{"command": nil}}}, "spec.generate"},
	{"a version that is a number", map[string]any{"spec": map[string]any{"version": 1.0}}, "version"},
}

// folders are Applications' folders in one repository: with a spec, with specs below, without, behind links, and the root.
var folders = []string{".", "services", "services/chat", "services/empty", "linked", "mixed"}

func layFolders(root string) error {
	for path, text := range map[string]string{
		"README.md":                 "Services.\n",
		"services/chat/sglang.toml": "schema = 1\n",
		"services/empty/notes.md":   "Nothing here.\n",
		"mixed/values.yaml":         "a: 1\n",
		".git/config":               "[core]\n",
	} {
		if err := writeFile(filepath.Join(root, path), []byte(text)); err != nil {
			return err
		}
	}
	for from, to := range map[string]string{"linked": "services/chat", "mixed/sglang.toml": "../services/chat/sglang.toml"} {
		if err := os.Symlink(to, filepath.Join(root, from)); err != nil {
			return err
		}
	}
	return nil
}
