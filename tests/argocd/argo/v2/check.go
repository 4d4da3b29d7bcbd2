//go:build !v2.8

package argo

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	plugin "github.com/argoproj/argo-cd/v2/cmpserver/apiclient"
)

// CheckPlugin asks a plugin what it is, as the repo-server does since 2.13.
func CheckPlugin(ctx context.Context, client PluginClient) (discovers, wantsCreds bool, err error) {
	answer, err := client.CheckPluginConfiguration(ctx, &emptypb.Empty{})
	return answer.GetIsDiscoveryConfigured(), answer.GetProvideGitCreds(), err
}

// Undiscovered is a plugin that is always asked for by name, and has nothing else to say.
type Undiscovered struct {
	plugin.UnimplementedConfigManagementPluginServiceServer
}

// CheckPluginConfiguration says so.
func (Undiscovered) CheckPluginConfiguration(context.Context, *emptypb.Empty) (*plugin.CheckPluginConfigurationResponse, error) {
	return &plugin.CheckPluginConfigurationResponse{}, nil
}
