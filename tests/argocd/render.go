package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"argo"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// render asks a whole argocd-repo-server, which fetches an example from a git repository and sends it through a plugin's
// socket. What comes back must be what a person gets from `cmp-host generate`.
func render(args []string) error {
	var it workshop
	flags := it.flags("argocd render")
	example := flags.String("example", "llama-8b", "a folder of examples/")
	environment := flags.String("env", "prod", "the environment")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := it.open(); err != nil {
		return err
	}
	defer it.close()
	plugin, err := it.serve(it.plugin, "")
	if err != nil {
		return err
	}
	defer plugin.kill()
	repoServer, err := it.repoServer(plugin)
	if err != nil {
		return err
	}
	defer repoServer.stop()
	url, err := it.repository(filepath.Join("examples", *example))
	if err != nil {
		return err
	}
	rendering := rendering{workshop: &it, server: repoServer, url: url, path: filepath.Join("examples", *example)}
	if err := rendering.refuses(*environment + "-that-is-not-there"); err != nil {
		return err
	}
	return rendering.agrees(*environment)
}

// A rendering is an Application, and the repo-server that is asked for it.
type rendering struct {
	*workshop
	server    *repoServer
	url, path string
}

// agrees prints the manifests, if they are those of `cmp-host generate`.
func (it *rendering) agrees(environment string) error {
	rendered, err := it.ask(environment)
	if err != nil {
		return err
	}
	printed, err := it.generate(environment)
	if err != nil {
		return err
	}
	if len(rendered) == 0 || len(rendered) != len(printed) {
		return fmt.Errorf("argocd-repo-server gives %d manifests, and cmp-host generate %d", len(rendered), len(printed))
	}
	for i, manifest := range rendered {
		// Argo CD sorts keys and escapes `<`; Go's encoder does the same to ours.
		ours, err := canonical([]byte(printed[i]), json.Unmarshal)
		if err != nil {
			return err
		}
		if manifest != ours {
			return fmt.Errorf("manifest %d differs\nargocd-repo-server %s\ncmp-host generate  %s", i+1, manifest, ours)
		}
		fmt.Println(manifest)
	}
	fmt.Fprintf(os.Stderr, "%s: argocd-repo-server gives the %d manifests of cmp-host generate %s --env %s\n", version(), len(rendered), it.path, environment)
	return nil
}

// refuses wants the diagnostics of an environment that there is not, where Argo CD shows an error.
func (it *rendering) refuses(environment string) error {
	_, fails := it.ask(environment)
	_, says := it.generate(environment)
	if fails == nil || says == nil {
		return fmt.Errorf("there is an environment %q, and this test needs one that there is not", environment)
	}
	line, _, _ := strings.Cut(says.Error(), "\n")
	if !strings.Contains(fails.Error(), line) {
		return fmt.Errorf("argocd-repo-server's error lacks the first line of cmp-host's\nargocd-repo-server %w\ncmp-host           %s", fails, line)
	}
	fmt.Fprintln(os.Stderr, version()+": a person would see:", fails)
	return nil
}

func (it *rendering) ask(environment string) ([]string, error) {
	text, err := json.Marshal(map[string]any{
		"repo": map[string]any{"repo": it.url}, "revision": "HEAD", "noCache": true,
		"appName": "demo", "projectName": "default", "kubeVersion": "1.34.1",
		"applicationSource": map[string]any{
			"repoURL": it.url, "path": it.path, "targetRevision": "HEAD",
			"plugin": map[string]any{
				"name":       it.plugin.name(),
				"parameters": []any{map[string]any{"name": "environment", "string": environment}},
			},
		},
	})
	if err != nil {
		return nil, err
	}
	question := &argo.ManifestRequest{}
	if err := json.Unmarshal(text, question); err != nil {
		return nil, err
	}
	// Dial and not NewClient, which the gRPC library of Argo CD 2.8 does not have yet.
	connection, err := grpc.Dial(it.server.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	response, err := argo.NewRepoServerClient(connection).GenerateManifest(ctx, question)
	if err != nil {
		return nil, err
	}
	return response.Manifests, nil
}

// generate is what a person gets, from the same folder.
func (it *rendering) generate(environment string) ([]string, error) {
	command := exec.Command(it.host(), "generate", it.path, "--env", environment, "--format", "json")
	command.Dir = it.project
	command.Env = []string{"CMP_HOST_CACHE=" + filepath.Join(it.folder, "cache")}
	var diagnostics bytes.Buffer
	command.Stderr = &diagnostics
	text, err := command.Output()
	if err != nil {
		return nil, errors.New(diagnostics.String())
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n"), nil
}

// repository makes a git repository of one folder of ours.
func (it *workshop) repository(folder string) (url string, err error) {
	root := filepath.Join(it.folder, "repository")
	if err := os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join(it.project, folder))); err != nil {
		return "", err
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "."}, {"commit", "--quiet", "--message=an example"}} {
		command := exec.Command("git", append([]string{"-c", "user.name=conformance", "-c", "user.email=conformance@example.com"}, args...)...)
		command.Dir = root
		// Without the settings of whoever runs this.
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1"}
		if said, err := command.CombinedOutput(); err != nil {
			return "", fmt.Errorf("git %s: %w\n%s", args[0], err, said)
		}
	}
	return "file://" + root, nil
}
