package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"argo"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
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
	if err := it.controlOfDescriptions(repository); err != nil {
		return err
	}
	var problems []string
	answers := 0
	for _, variant := range variants {
		plugin := it.plugin.with(variant.patch)
		oracle, err := it.oracle(plugin)
		if err != nil {
			return fmt.Errorf("%s: %w", variant.name, err)
		}
		ours, err := it.serve(plugin, "")
		if err != nil {
			oracle.kill()
			return fmt.Errorf("%s: %w", variant.name, err)
		}
		given, wrong := it.interview(&variant, ours, oracle, repository)
		answers += given
		problems = append(problems, wrong...)
		oracle.kill()
		ours.kill()
	}
	for _, refusal := range refusals {
		problems = append(problems, it.refused(&refusal)...)
	}
	fmt.Printf("%s: %d answers for %d variants of plugin.yaml, and %d that are refused\n", version(), answers, len(variants), len(refusals))
	return verdict(problems)
}

// interview asks both servers everything, for every folder.
func (it *workshop) interview(variant *variant, ours, oracle *server, repository string) (answers int, problems []string) {
	met := false
	for _, folder := range folders {
		for _, question := range questions {
			us, them := question.ask(ours, repository, folder), question.ask(oracle, repository, folder)
			answers++
			if withoutPattern(us) == withoutPattern(them) {
				continue
			}
			if variant.meant.covers(question.name, folder, us, them) {
				met = true
				continue
			}
			if linkedFolder.covers(question.name, folder, us, them) && it.ours == serve {
				continue
			}
			problems = append(problems, fmt.Sprintf("%s, %s of %q\nours   %s\noracle %s", variant.name, question.name, folder, us, them))
		}
	}
	if variant.meant.applies() && !met && it.ours == serve {
		problems = append(problems, variant.name+": nothing differs here any more; take its `meant` out of tests/argocd/variants.go")
	}
	return answers, problems
}

// covers tells whether two answers differ as they are meant to.
func (it *meant) covers(question, folder, ours, oracle string) bool {
	return it.applies() && slices.Contains(it.questions, question) && (it.folder == "" || it.folder == folder) &&
		regexp.MustCompile(it.ours).MatchString(ours) && regexp.MustCompile(it.oracle).MatchString(oracle)
}

func (it *meant) applies() bool {
	return it != nil && regexp.MustCompile(it.releases).MatchString(version())
}

var pattern = regexp.MustCompile("(?s)rpc error: code = [A-Za-z]+ desc = .*(error finding [a-z]+ match for pattern) .*$")

// withoutPattern cuts an error about a pattern to what is wrong. The oracle names the folder of the request, which is
// another one each time; we name the pattern as it is written, and what to do.
func withoutPattern(text string) string {
	return pattern.ReplaceAllString(text, "$1")
}

// A question is one of the calls of the protocol, or the repo-server's search for a plugin.
type question struct {
	name string
	ask  func(of *server, repository, folder string) string
}

var questions = []question{
	{"health", askHealth("")},
	{"health of what there is not", askHealth("nothing")},
	{configuration, askConfiguration},
	{match, askMatch},
	{announcement, askParameters},
	{byNameSearch, func(of *server, repository, folder string) string { return detect(of, repository, folder, of.plugin) }},
	{byDiscoverySearch, func(of *server, repository, folder string) string { return detect(of, repository, folder, "") }},
}

const (
	configuration     = "CheckPluginConfiguration"
	match             = "MatchRepository"
	announcement      = "GetParametersAnnouncement"
	byNameSearch      = "the search by name"
	byDiscoverySearch = "the search by discovery"
)

// askHealth goes over the connection that Argo CD's client makes.
func askHealth(service string) func(*server, string, string) string {
	return func(of *server, _, _ string) string {
		connection, _, err := argo.NewPluginClientSet(of.socket()).NewConfigManagementPluginClient()
		if err != nil {
			return err.Error()
		}
		defer connection.Close()
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		health := grpc_health_v1.NewHealthClient(connection.(*grpc.ClientConn))
		given, err := health.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: service})
		if err != nil {
			return status.Code(err).String()
		}
		return given.Status.String()
	}
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

// refused wants both servers to end at once, and for the same reason; or ours to serve, where we mean to.
func (it *workshop) refused(refusal *refusal) (problems []string) {
	plugin := it.plugin.with(refusal.patch)
	_, err := it.oracle(plugin)
	if !refusal.is(err) {
		problems = append(problems, fmt.Sprintf("%s: the oracle should refuse %q, and the answer is %v", refusal.name, refusal.reason, err))
	}
	server, err := it.serve(plugin, "")
	if err == nil {
		server.kill()
	}
	if it.ours == serve && refusal.relaxed != "" && err == nil {
		return problems
	}
	if !refusal.is(err) {
		problems = append(problems, fmt.Sprintf("%s: cmp-host serve should refuse %q, and the answer is %v", refusal.name, refusal.reason, err))
	}
	return problems
}

func (it *refusal) is(err error) bool {
	return err != nil && strings.Contains(err.Error(), it.reason)
}
