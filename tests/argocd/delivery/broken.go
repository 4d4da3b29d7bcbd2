package main

import (
	"fmt"
	"strings"
)

// breaks are changes of a right file, each of which makes it wrong.
var breaks = []struct{ from, to string }{
	// Nobody has such a field.
	{"  revisionHistoryLimit: ", "  revisionHistoryLimits: "},
	{"      selfHeal: true", "      selfHeals: true"},
	{"kind: Application\n", "kind: Applications\n"},
	{"goTemplate: true", "goTemplates: true"},
	{"apiVersion: argoproj.io/v1alpha1", "apiVersion: argoproj.io/v1"},
	// Argo CD's rules.
	{"  sourceRepos:\n  - https://", "  sourceRepos:\n  - https://other."},
	{"  sourceRepos:\n  - https://git.example.com/team/models.git", "  sourceRepos:\n  - '*'"},
	{"  - group: \"\"\n    kind: Namespace\n    name: ", "  - group: \"\"\n    kind: Namespace\n    name: other-"},
	{"  - resources-finalizer.argocd.argoproj.io\n", "  - resources-finalizer.example.com\n"},
	{"    plugin:\n", "    helm: {releaseName: a}\n    plugin:\n"},
	{"manifest-generate-paths: .", "manifest-generate-paths: elsewhere"},
	{"      duration: 30s", "      duration: soon"},
	// What a template says of elements.
	{"{{ .revision }}", "{{ .branch }}"},
	{`name: "{{ .name }}"`, "name: one"},
	// What the expected manifests need.
	{"  - group: apps\n    kind: Deployment\n", ""},
}

// notices wants an error for each change, wherever it can be made.
func notices(texts map[string]string) error {
	for _, it := range breaks {
		made := 0
		for path, text := range texts {
			broken := strings.ReplaceAll(text, it.from, it.to)
			// Without manifests beside it, a project can lack any kind.
			if broken == text || (it.to == "" && !strings.Contains(path, "examples/")) {
				continue
			}
			made++
			if _, err := validate(broken, path); err == nil {
				return fmt.Errorf("%s: nobody notices %q in the place of %q", path, it.to, it.from)
			}
		}
		if made == 0 {
			return fmt.Errorf("no file has %q, which would be broken", it.from)
		}
	}
	return nil
}
