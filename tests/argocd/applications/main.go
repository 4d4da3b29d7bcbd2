// Compares tests/applications/*/variables.txt with what Argo CD's own repo-server code makes of each Application and of
// the files that override it; with BLESS=1 it writes them.
//
// The functions that put a plugin's variables together are not exported, and a linked name reaches them.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	_ "unsafe"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	argopath "github.com/argoproj/argo-cd/v3/util/app/path"
	"k8s.io/apimachinery/pkg/util/yaml"
)

//go:linkname newEnv github.com/argoproj/argo-cd/v3/reposerver/repository.newEnv
func newEnv(request *apiclient.ManifestRequest, revision string) *v1alpha1.Env

//go:linkname getPluginEnvs github.com/argoproj/argo-cd/v3/reposerver/repository.getPluginEnvs
func getPluginEnvs(env *v1alpha1.Env, request *apiclient.ManifestRequest) ([]string, error)

func main() {
	failed := false
	for _, folder := range os.Args[1:] {
		if err := check(folder); err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", folder, err)
		}
	}
	if failed || len(os.Args) == 1 {
		os.Exit(1)
	}
}

func check(folder string) error {
	theirs := "refused\n"
	text, err := variables(folder)
	if err == nil {
		theirs = text
	} else {
		fmt.Printf("%s: %v\n", filepath.Base(folder), err)
	}
	path := filepath.Join(folder, "variables.txt")
	if os.Getenv("BLESS") == "1" {
		return os.WriteFile(path, []byte(theirs), 0o644)
	}
	expected, err := os.ReadFile(path)
	if err == nil && string(expected) != theirs {
		err = fmt.Errorf("Argo CD says\n%s", theirs)
	}
	return err
}

// What the plugin gets, a variable a line, without those that a laptop cannot know.
func variables(folder string) (string, error) {
	request, err := request(folder)
	if err != nil {
		return "", err
	}
	if request.ApplicationSource.Chart != "" {
		return "", errors.New("the source is a chart, which is not here")
	}
	path, err := argopath.Path(folder, request.ApplicationSource.Path)
	if err != nil {
		return "", err
	}
	kind, err := repository.GetAppSourceType(context.Background(), request.ApplicationSource, path, folder, request.AppName, nil, nil, nil)
	if err != nil {
		return "", err
	}
	if kind != v1alpha1.ApplicationSourceTypePlugin {
		return "", fmt.Errorf("the source is of the type %s", kind)
	}
	env, err := getPluginEnvs(newEnv(request, ""), request)
	if err != nil {
		return "", err
	}
	lines := ""
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "KUBE_") && !strings.HasPrefix(name, "PARAM_") && !strings.HasPrefix(name, "ARGOCD_APP_REVISION") {
			lines += entry + "\n"
		}
	}
	return lines, nil
}

// As the controller asks the repo-server, through the bytes of the wire.
func request(folder string) (*apiclient.ManifestRequest, error) {
	application, err := application(filepath.Join(folder, "application.yaml"))
	if err != nil {
		return nil, err
	}
	source, err := source(application)
	if err != nil {
		return nil, err
	}
	sent, err := (&apiclient.ManifestRequest{
		AppName:           application.InstanceName("argocd"),
		Namespace:         application.Spec.Destination.Namespace,
		ProjectName:       application.Spec.GetProject(),
		ApplicationSource: source,
		Repo:              &v1alpha1.Repository{Repo: source.RepoURL},
	}).Marshal()
	if err != nil {
		return nil, err
	}
	received := &apiclient.ManifestRequest{}
	return received, received.Unmarshal(sent)
}

func application(path string) (*v1alpha1.Application, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	var found *v1alpha1.Application
	for {
		var document struct {
			v1alpha1.Application `json:",inline"`
			Items                []v1alpha1.Application `json:"items"`
		}
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		for _, it := range append(document.Items, document.Application) {
			if it.Kind != "Application" || !strings.HasPrefix(it.APIVersion, "argoproj.io/") {
				continue
			}
			if found != nil {
				return nil, errors.New("there are several Applications")
			}
			found = &it
		}
	}
	if found == nil {
		return nil, errors.New("there is no Application")
	}
	if found.Name == "" {
		return nil, errors.New("the Application has no name")
	}
	return found, nil
}

func source(application *v1alpha1.Application) (*v1alpha1.ApplicationSource, error) {
	if hydrator := application.Spec.SourceHydrator; hydrator != nil {
		dry := hydrator.GetDrySource()
		return &dry, nil
	}
	sources := application.Spec.GetSources()
	var found *v1alpha1.ApplicationSource
	for i := range sources {
		if sources[i].Plugin == nil && len(sources) > 1 {
			continue
		}
		if found != nil {
			return nil, errors.New("several sources name a plugin")
		}
		found = &sources[i]
	}
	if found == nil {
		return nil, errors.New("no source names a plugin")
	}
	return found, nil
}
