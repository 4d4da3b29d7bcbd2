package main

import (
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// theirs runs one of Argo CD's own programs.
func theirs(command *cobra.Command, args []string) error {
	command.SetArgs(args)
	command.SilenceUsage = true
	return command.Execute()
}

// version tells which Argo CD is linked, from what the Go tool wrote into this program.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if strings.HasPrefix(module.Path, "github.com/argoproj/argo-cd/v") && !strings.Contains(module.Path, "gitops-engine") {
			return "argo-cd " + module.Version
		}
	}
	return "argo-cd of an unknown version"
}
