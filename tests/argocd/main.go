// Command argocd holds `cmp-host serve` against Argo CD's own code, which it links as it was released.
//
//	argocd compare      every case and example: our socket, and argocd-cmp-server running plugin.yaml's command
//	argocd describe     what both say of themselves, for variants of plugin.yaml
//	argocd send         many requests at once, and how long each one took
//	argocd ideal        a plugin server that does nothing, to measure what a client costs
//	argocd render       an example through a whole argocd-repo-server and our socket
//	argocd cmp-server   argocd-cmp-server itself, with its own flags
//	argocd repo-server  argocd-repo-server itself, with its own flags
//	argocd version      the version of Argo CD that is linked
//
// Each subcommand says with -h what it takes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"argo"

	"github.com/sirupsen/logrus"
)

var subcommands = map[string]func(args []string) error{
	"compare":  compare,
	"describe": describe,
	"send":     send,
	"ideal":    ideal,
	"render":   render,
	"version":  func([]string) error { fmt.Println(version()); return nil },
	// Argo CD's flags are read from os.Args by its own command.
	"cmp-server":  func(args []string) error { return theirs(argo.PluginServer(), args) },
	"repo-server": func(args []string) error { return theirs(argo.RepoServer(), args) },
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "argocd:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 || subcommands[args[0]] == nil {
		return errors.New("name a subcommand: compare, describe, send, ideal, render, cmp-server, repo-server or version")
	}
	err := subcommands[args[0]](args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	return err
}

// quiet keeps Argo CD's log to itself: what it logs comes back as an error, too.
func quiet() {
	logrus.SetOutput(io.Discard)
}
