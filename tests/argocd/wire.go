package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"argo"
)

// onTheWire takes the texts as the plugin sends them, before Argo CD reads them.
func onTheWire(it *request, of *server) answer {
	connection, client, err := argo.NewPluginClientSet(of.socket()).NewConfigManagementPluginClient()
	if err != nil {
		return answer{err: err}
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	stream, err := client.GenerateManifest(ctx)
	if err != nil {
		return answer{err: err}
	}
	variables, err := it.environment()
	if err != nil {
		return answer{err: err}
	}
	if err := argo.SendRepoStream(ctx, filepath.Join(it.root, it.dir), it.root, stream, variables, nil); err != nil {
		return answer{err: err}
	}
	response, err := stream.CloseAndRecv()
	if err != nil {
		return answer{err: err}
	}
	if response.SourceType != "" {
		return answer{err: fmt.Errorf("the response names a source type %q; Argo CD's own server leaves it empty", response.SourceType)}
	}
	return answer{manifests: response.Manifests}
}

// environment is the least that a plugin needs to know. By the other doors it gets all that a repo-server sends.
func (it *request) environment() ([]string, error) {
	parameters, err := json.Marshal(it.parameters)
	all := []string{
		"ARGOCD_APP_NAME=" + it.application.Name,
		"ARGOCD_APP_NAMESPACE=" + it.application.Namespace,
		"ARGOCD_APP_PROJECT_NAME=" + it.application.Project,
		"ARGOCD_APP_SOURCE_PATH=" + it.dir,
		"ARGOCD_APP_PARAMETERS=" + string(parameters),
	}
	for _, variable := range it.variables {
		all = append(all, "ARGOCD_ENV_"+variable.Name+"="+variable.Value)
	}
	return all, err
}
