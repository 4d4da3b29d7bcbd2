package main

import (
	"fmt"
	"regexp"
	"strings"
)

// differ says how our answer differs from the oracle's, or nothing.
func differ(ours, oracle answer) string {
	switch {
	case ours.err == nil && oracle.err == nil:
		return differInManifests(ours.manifests, oracle.manifests)
	case ours.err != nil && oracle.err != nil:
		return differInErrors(ours.err.Error(), oracle.err.Error())
	case ours.err != nil:
		return fmt.Sprintf("ours fails and the oracle gives %d manifests:\n%s", len(oracle.manifests), ours.err)
	default:
		return fmt.Sprintf("ours gives %d manifests and the oracle fails:\n%s", len(ours.manifests), oracle.err)
	}
}

func differInManifests(ours, oracle []string) string {
	for i := range min(len(ours), len(oracle)) {
		if ours[i] != oracle[i] {
			return fmt.Sprintf("manifest %d of %d is not the oracle's\nours   %s\noracle %s", i+1, len(oracle), ours[i], oracle[i])
		}
	}
	if len(ours) != len(oracle) {
		return fmt.Sprintf("ours gives %d manifests and the oracle %d", len(ours), len(oracle))
	}
	return ""
}

// What stands around a command's own words; they follow it.
var (
	oracleSays = regexp.MustCompile("(?s)^(.*)rpc error: code = Unknown desc = error generating manifests: `[^`]*` failed exit status \\d+: (.*)$")
	weSay      = regexp.MustCompile(`(?s)^(.*)rpc error: code = [A-Za-z]+ desc = (.*)$`)
)

// differInErrors wants the same diagnostics, in the same words of Argo CD. Where a command said nothing, the whole text is
// the server's or the repo-server's, and must be the same.
func differInErrors(ours, oracle string) string {
	if same(ours, oracle) {
		return ""
	}
	us, them := parts(ours), oracleSays.FindStringSubmatch(oracle)
	if us != nil && them != nil && same(us[1], them[1]) && same(strings.TrimSpace(us[2]), strings.TrimSpace(them[2])) {
		return ""
	}
	return fmt.Sprintf("the error is not the oracle's\nours   %s\noracle %s", ours, oracle)
}

func parts(ours string) []string {
	if us := oracleSays.FindStringSubmatch(ours); us != nil {
		return us
	}
	return weSay.FindStringSubmatch(ours)
}

// The folder of a server is its own. Only the oracle names it.
var folderOfServer = regexp.MustCompile(`/tmp/argocd-\d+/s\d+/`)

func same(ours, oracle string) bool {
	return folderOfServer.ReplaceAllString(ours, "/") == folderOfServer.ReplaceAllString(oracle, "/")
}
