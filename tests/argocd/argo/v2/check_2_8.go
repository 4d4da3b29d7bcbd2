//go:build v2.8

package argo

import (
	"context"

	plugin "github.com/argoproj/argo-cd/v2/cmpserver/apiclient"
)

// CheckPlugin answers for a repo-server that does not ask: before 2.13 there was no such call.
func CheckPlugin(context.Context, PluginClient) (discovers, wantsCreds bool, err error) {
	return false, false, nil
}

// Undiscovered is a plugin that is always asked for by name, and has nothing else to say.
type Undiscovered struct {
	plugin.UnimplementedConfigManagementPluginServiceServer
}
