package main

import (
	"os"
	"path/filepath"
)

// A variant of plugin.yaml, as a merge patch.
type variant struct {
	name  string
	patch map[string]any
	meant *meant
}

// meant is where our answers differ on purpose, why, and what each side says: patterns, both of which must be met.
type meant struct {
	questions    []string
	reason       string
	ours, oracle string
	// The folder that it shows in, and the releases, as a pattern; all, if nothing is said.
	folder, releases string
}

// linkedFolder goes for every variant.
var linkedFolder = &meant{
	questions: []string{match, byNameSearch, byDiscoverySearch},
	reason:    "Argo CD 2 unpacks links as absolute ones, and then looks for their targets below the repository",
	ours:      ".",
	oracle:    `^{"isDiscoveryEnabled":true}$|error finding glob match|could(n't| not) find`,
	folder:    "linked",
	releases:  `v2\.`,
}

var noCredentials = &meant{
	questions: []string{configuration},
	reason:    "cmp-host opens no connection, so it is not to hold a password",
	ours:      `"wants credentials":false`,
	oracle:    `"wants credentials":true`,
	// Before 2.13 nobody asks.
	releases: `v3|v2\.14`,
}

func discover(keys map[string]any) map[string]any {
	return map[string]any{"spec": map[string]any{"discover": keys}}
}

func fileName(pattern string) map[string]any { return discover(map[string]any{"fileName": pattern}) }

func glob(pattern string) map[string]any {
	return discover(map[string]any{"find": map[string]any{"glob": pattern}})
}

var variants = []variant{
	{name: "as it is"},
	{name: "without a version", patch: map[string]any{"spec": map[string]any{"version": nil}}},
	{name: "without parameters", patch: map[string]any{"spec": map[string]any{"parameters": nil}}},
	{name: "with every field of a parameter", patch: map[string]any{"spec": map[string]any{"parameters": map[string]any{"static": []any{
		map[string]any{"name": "a", "title": "A", "tooltip": "an a", "required": true, "itemType": "number", "collectionType": "array", "array": []any{"x", ""}},
		map[string]any{"name": "b", "collectionType": "map", "map": map[string]any{"k": "v", "": ""}},
		map[string]any{"name": "c", "string": "text"},
		map[string]any{},
	}}}}},
	{name: "with credentials and modes", patch: map[string]any{"spec": map[string]any{"provideGitCreds": true, "preserveFileMode": true}}, meant: noCredentials},
	{name: "with keys that nobody knows", patch: map[string]any{"more": true, "spec": map[string]any{"lockRepo": true, "allowConcurrency": false}}},
	{name: "an empty discover", patch: discover(map[string]any{})},
	{name: "an empty find", patch: discover(map[string]any{"find": map[string]any{}})},
	{name: "fileName", patch: fileName("sglang.toml")},
	{name: "fileName with a star", patch: fileName("*.toml")},
	{name: "fileName with a class", patch: fileName("[a-s]glang.toml")},
	{name: "fileName with an escape", patch: fileName(`sglang\.toml`)},
	{name: "fileName below", patch: fileName("chat/sglang.toml")},
	{name: "fileName below a star", patch: fileName("*/sglang.toml")},
	{name: "fileName of two stars", patch: fileName("**/sglang.toml")},
	{name: "fileName above", patch: fileName("../sglang.toml")},
	{name: "fileName of a folder", patch: fileName("chat")},
	{name: "fileName that is a bad pattern", patch: fileName("[")},
	{name: "glob", patch: glob("**/sglang.toml")},
	{name: "glob of a name", patch: glob("sglang.toml")},
	{name: "glob with a star", patch: glob("*/sglang.toml")},
	{name: "glob with alternatives", patch: glob("**/{values,sglang}.{yaml,toml}")},
	{name: "glob of a question mark", patch: glob("**/sglang.tom?")},
	{name: "glob of what there is not", patch: glob("**/*.jsonnet")},
	{name: "glob of a folder", patch: glob("**/chat")},
	{name: "glob of everything below", patch: glob("services/**")},
	{name: "fileName before glob", patch: discover(map[string]any{"fileName": "nothing", "find": map[string]any{"glob": "**/sglang.toml"}})},
}

// A refusal is a plugin.yaml that no server takes, and what both reasons name.
type refusal struct {
	name   string
	patch  map[string]any
	reason string
	// Why we serve where the oracle does not, if we do.
	relaxed string
}

var refusals = []refusal{
	{name: "no name", patch: map[string]any{"metadata": map[string]any{"name": ""}}, reason: "metadata.name"},
	{name: "another kind", patch: map[string]any{"kind": "Plugin"}, reason: "ConfigManagementPlugin"},
	{name: "no command", patch: map[string]any{"spec": map[string]any{"generate": map[string]any{"command": nil}}}, reason: "spec.generate", relaxed: "cmp-host serve runs no command"},
	{name: "a version that is a number", patch: map[string]any{"spec": map[string]any{"version": 1.0}}, reason: "version"},
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
