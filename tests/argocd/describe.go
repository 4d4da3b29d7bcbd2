package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"argo"
)

// describe compares what both servers say of themselves: whether they look for repositories, which ones they know, and
// which parameters they announce; and which plugin.yaml they refuse.
func describe(args []string) error {
	var it workshop
	if err := it.flags("argocd describe").Parse(args); err != nil {
		return err
	}
	if err := it.open(); err != nil {
		return err
	}
	defer it.close()
	repository := filepath.Join(it.folder, "repository")
	if err := layFolders(repository); err != nil {
		return err
	}
	var problems []string
	answers := 0
	for _, variant := range variants {
		given, wrong, err := it.variant(variant, repository)
		if err != nil {
			return fmt.Errorf("%s: %w", variant.name, err)
		}
		answers += given
		problems = append(problems, wrong...)
	}
	for _, refusal := range refusals {
		problems = append(problems, it.refused(refusal)...)
	}
	fmt.Printf("%s: %d answers for %d variants of plugin.yaml, and %d that are refused\n", version(), answers, len(variants), len(refusals))
	if len(problems) > 0 {
		fmt.Fprintln(os.Stderr, strings.Join(problems, "\n\n"))
		return fmt.Errorf("%d things are wrong", len(problems))
	}
	return nil
}

// variant asks both servers everything, for every folder.
func (it *workshop) variant(variant variant, repository string) (answers int, problems []string, err error) {
	plugin := it.plugin.with(variant.patch)
	oracle, err := it.oracle(plugin)
	if err != nil {
		return 0, nil, err
	}
	defer oracle.kill()
	ours, err := it.serve(plugin, "")
	if err != nil {
		return 0, nil, err
	}
	defer ours.kill()
	for _, folder := range folders {
		for _, question := range questions {
			// The folder of a request is another one each time, and ours is none at all.
			us, them := question.ask(ours, repository, folder), withoutFolder(question.ask(oracle, repository, folder))
			answers++
			if withoutFolder(us) != them {
				problems = append(problems, fmt.Sprintf("%s, %s of %q\nours   %s\noracle %s", variant.name, question.name, folder, us, them))
			}
		}
	}
	return answers, problems, nil
}

var anyPattern = regexp.MustCompile(`pattern "[^"]*"`)

func withoutFolder(text string) string {
	return anyPattern.ReplaceAllString(text, `pattern "…"`)
}

// A question is one of the calls of the protocol, or the repo-server's search for a plugin.
type question struct {
	name string
	ask  func(of *server, repository, folder string) string
}

var questions = []question{
	{"CheckPluginConfiguration", askConfiguration},
	{"MatchRepository", askMatch},
	{"GetParametersAnnouncement", askParameters},
	{"the search by name", func(of *server, repository, folder string) string { return detect(of, repository, folder, of.plugin) }},
	{"the search by discovery", func(of *server, repository, folder string) string { return detect(of, repository, folder, "") }},
}

func askConfiguration(of *server, _, _ string) string {
	return call(of, func(ctx context.Context, client argo.PluginClient) (any, error) {
		discovers, wantsCreds, err := argo.CheckPlugin(ctx, client)
		return map[string]bool{"discovers": discovers, "wants credentials": wantsCreds}, err
	})
}

func askMatch(of *server, repository, folder string) string {
	return call(of, func(ctx context.Context, client argo.PluginClient) (any, error) {
		stream, err := client.MatchRepository(ctx)
		if err != nil {
			return nil, err
		}
		if err := argo.SendRepoStream(ctx, filepath.Join(repository, folder), repository, stream, nil, nil); err != nil {
			return nil, err
		}
		return stream.CloseAndRecv()
	})
}

func askParameters(of *server, repository, folder string) string {
	return call(of, func(ctx context.Context, client argo.PluginClient) (any, error) {
		stream, err := client.GetParametersAnnouncement(ctx)
		if err != nil {
			return nil, err
		}
		if err := argo.SendRepoStream(ctx, filepath.Join(repository, folder), repository, stream, nil, nil); err != nil {
			return nil, err
		}
		return stream.CloseAndRecv()
	})
}

func call(of *server, ask func(context.Context, argo.PluginClient) (any, error)) string {
	connection, client, err := argo.NewPluginClientSet(of.socket()).NewConfigManagementPluginClient()
	if err != nil {
		return err.Error()
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	given, err := ask(ctx, client)
	if err != nil {
		return err.Error()
	}
	text, err := json.Marshal(given)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// detect looks for the plugin as the repo-server does before it generates.
func detect(of *server, repository, folder, plugin string) string {
	if err := os.Setenv("ARGOCD_PLUGINSOCKFILEPATH", of.plugins); err != nil {
		return err.Error()
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	connection, _, err := argo.DetectPlugin(ctx, filepath.Join(repository, folder), repository, plugin, nil, nil)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("found: %v", connection.Close())
}

// refused wants both servers to end at once, and ours to give the oracle's reason.
func (it *workshop) refused(refusal refusal) (problems []string) {
	plugin := it.plugin.with(refusal.patch)
	for name, start := range map[string]func() (*server, error){
		"the oracle": func() (*server, error) { return it.oracle(plugin) },
		"ours":       func() (*server, error) { return it.serve(plugin, "") },
	} {
		server, err := start()
		if err == nil {
			server.kill()
			problems = append(problems, fmt.Sprintf("%s: %s serves, where plugin.yaml should be refused", refusal.name, name))
		} else if !strings.Contains(err.Error(), refusal.reason) {
			problems = append(problems, fmt.Sprintf("%s: %s does not say %q:\n%s", refusal.name, name, refusal.reason, err))
		}
	}
	return problems
}
