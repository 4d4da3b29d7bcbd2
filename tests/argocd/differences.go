package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A difference that is meant. Both texts are checked, and one that is not met any more is a failure.
type difference struct {
	// The case.
	name string
	// The doors that it shows at.
	doors []string
	// The releases whose argocd-cmp-server differs from us: all that begin like this.
	releases string
	// Why we differ.
	reason string
	// What each side's error holds, or nothing for manifests.
	ours, oracle string
}

var differences = []difference{
	{
		name:   "cases/base-behind-a-link-that-leads-out",
		doors:  []string{"by name", "by discovery", "on the wire"},
		reason: "a link that leads out of the repository matters to those who ask for it, and they are told where it stands",
		ours:   "SG006 `shared/base.toml` leads outside of the repository",
		// Older repo-servers do not pass on why a plugin could not be asked.
		oracle: "error decompressing tgz file: |could(n't| not) find",
	},
	{
		name:     "cases/base-behind-a-link-that-stays-inside",
		doors:    []string{"by name", "by discovery", "on the wire"},
		releases: "argo-cd v2.",
		reason:   "Argo CD 2 unpacks every link as an absolute one, which leads out of the repository that cmp-host sees",
		oracle:   "SG006 `shared/base.toml` leads outside of the repository",
	},
	{
		name:   "cases/folder-is-missing",
		doors:  []string{"by name", "on the wire"},
		reason: "the oracle blames the program for the folder that it cannot start it in",
		ours:   "SG001 there is no folder `services/chat`",
		oracle: "no such file or directory",
	},
}

// deliberate finds the difference that is meant for a question to the release that is linked.
func deliberate(request *request, door *door) (difference, bool) {
	for _, it := range differences {
		if it.name == request.name && it.applies() && slices.Contains(it.doors, door.name) {
			return it, true
		}
	}
	return difference{}, false
}

func (it difference) applies() bool {
	return strings.HasPrefix(version(), it.releases)
}

func (it difference) judge(ours, oracle answer) string {
	if says(ours, it.ours) && says(oracle, it.oracle) {
		return ""
	}
	return fmt.Sprintf("this differs otherwise than tests/argocd/differences.go says\nours   %s\noracle %s", ours, oracle)
}

func says(given answer, pattern string) bool {
	if pattern == "" {
		return given.err == nil
	}
	return given.err != nil && regexp.MustCompile(pattern).MatchString(given.err.Error())
}
