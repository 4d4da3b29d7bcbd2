// Package argo is the part of Argo CD 2 that the harness drives. Argo CD 3 has the same names below another path: these
// files and their twins in ../v3 are all that knows of it.
package argo

import (
	cmpserver "github.com/argoproj/argo-cd/v2/cmd/argocd-cmp-server/commands"
	reposerver "github.com/argoproj/argo-cd/v2/cmd/argocd-repo-server/commands"
	plugin "github.com/argoproj/argo-cd/v2/cmpserver/apiclient"
	repo "github.com/argoproj/argo-cd/v2/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v2/reposerver/repository"
	"github.com/argoproj/argo-cd/v2/util/app/discovery"
	"github.com/argoproj/argo-cd/v2/util/cmp"
	"github.com/argoproj/argo-cd/v2/util/git"
	"github.com/argoproj/argo-cd/v2/util/io"
)

// What is asked of the repo-server, and what the repo-server asks of a plugin.
type (
	ManifestRequest  = repo.ManifestRequest
	ManifestResponse = repo.ManifestResponse
	Announcement     = repo.ParameterAnnouncement
	NoCreds          = git.NoopCredsStore
	PluginClient     = plugin.ConfigManagementPluginServiceClient
	PluginMessage    = plugin.AppStreamRequest
	PluginResponse   = plugin.ManifestResponse
	GenerateStream   = plugin.ConfigManagementPluginService_GenerateManifestServer
)

var (
	// GenerateManifests is the repo-server's whole way through a plugin, for a folder that is checked out.
	GenerateManifests = repository.GenerateManifests
	// DetectPlugin finds the socket of a plugin: by its name, or the first one that knows the repository.
	DetectPlugin = discovery.DetectConfigManagementPlugin
	// SendRepoStream packs a repository and sends it.
	SendRepoStream = cmp.SendRepoStream
	// PackRepository makes the archive and the first message of a request.
	PackRepository = cmp.GetCompressedRepoAndMetadata
	// Chunk makes one of the messages that follow.
	Chunk = cmp.AppFileRequest
	// NewPluginClientSet dials a plugin's socket as the repo-server does.
	NewPluginClientSet = plugin.NewConfigManagementPluginClientSet
	// RegisterPluginServer adds a plugin to a gRPC server.
	RegisterPluginServer = plugin.RegisterConfigManagementPluginServiceServer
	// NewRepoServerClient asks a repo-server.
	NewRepoServerClient = repo.NewRepoServerServiceClient
	// NewTempPaths names the folders of a repo-server's checkouts.
	NewTempPaths = io.NewRandomizedTempPaths
	// PluginServer is argocd-cmp-server.
	PluginServer = cmpserver.NewCommand
	// RepoServer is argocd-repo-server.
	RepoServer = reposerver.NewCommand
)
