package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"argo"

	"k8s.io/apimachinery/pkg/api/resource"
)

// An answer is what the repo-server gets, or what it would show.
type answer struct {
	manifests []string
	err       error
}

func (it answer) String() string {
	if it.err != nil {
		return it.err.Error()
	}
	return fmt.Sprint(len(it.manifests), " manifests")
}

// A door is a way from the repo-server to a plugin.
type door struct {
	name string
	// What it needs of plugin.yaml.
	patch map[string]any
	ask   func(*request, *server) answer
}

var doors = []door{
	{name: "by name", ask: byName},
	{name: "by discovery", patch: discovery, ask: byDiscovery},
	{name: "on the wire", ask: onTheWire},
}

// Without a name, an Application gets the first plugin that knows its folder.
var discovery = map[string]any{"spec": map[string]any{"discover": map[string]any{"fileName": "sglang.toml"}}}

// The repo-server's own deadline, unless somebody changes it.
const deadline = 60 * time.Second

// byName is how an Application should ask: with `plugin: {name: sglang-v1}`.
func byName(it *request, of *server) answer {
	return generate(it, of, of.plugin)
}

func byDiscovery(it *request, of *server) answer {
	return generate(it, of, "")
}

// generate goes the repo-server's whole way, from a checked-out repository to the manifests that Argo CD applies.
func generate(it *request, of *server, plugin string) answer {
	if err := os.Setenv("ARGOCD_PLUGINSOCKFILEPATH", of.plugins); err != nil {
		return answer{err: err}
	}
	question, err := it.manifestRequest(plugin)
	if err != nil {
		return answer{err: err}
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	response, err := argo.GenerateManifests(ctx, filepath.Join(it.root, it.dir), it.root, question.Revision, question,
		false, argo.NoCreds{}, resource.MustParse("0"), argo.NewTempPaths(os.TempDir()))
	if err != nil {
		return answer{err: err}
	}
	return answer{manifests: response.Manifests}
}

// manifestRequest is written as JSON, since each release of Argo CD knows other fields and skips those that it does not.
func (it *request) manifestRequest(plugin string) (*argo.ManifestRequest, error) {
	url := "https://git.example.com/team/models.git"
	text, err := json.Marshal(map[string]any{
		"repo":           map[string]any{"repo": url},
		"revision":       revision,
		"appName":        it.application.Name,
		"namespace":      it.application.Namespace,
		"projectName":    it.application.Project,
		"appLabelKey":    "app.kubernetes.io/instance",
		"trackingMethod": "annotation",
		"kubeVersion":    "1.34.1",
		"apiVersions":    []string{"apps/v1", "apps/v1/Deployment", "v1", "v1/Service"},
		"applicationSource": map[string]any{
			"repoURL": url, "path": it.dir, "targetRevision": "main",
			"plugin": map[string]any{"name": plugin, "parameters": it.parameters, "env": it.variables},
		},
	})
	if err != nil {
		return nil, err
	}
	question := &argo.ManifestRequest{}
	return question, json.Unmarshal(text, question)
}

const revision = "0123456789012345678901234567890123456789"
