package main

import (
	"fmt"
	"strings"
)

// A difference that is meant. Both texts are checked, and one that is not met any more is a failure.
type difference struct {
	// The case and the door.
	where string
	// Why we differ.
	reason string
	// What each side says: a part of its error, or nothing for manifests.
	ours, oracle string
}

var differences = []difference{
	{
		where:  "cases/base-behind-a-link-that-leads-out, by name",
		reason: "a link that leads out of the repository matters to those who ask for it, and they are told where",
		ours:   linkOurs,
		oracle: linkOracle,
	},
	{
		where:  "cases/base-behind-a-link-that-leads-out, by discovery",
		reason: "as by name",
		ours:   linkOurs,
		oracle: linkOracle,
	},
	{
		where:  "cases/base-behind-a-link-that-leads-out, on the wire",
		reason: "as by name",
		ours:   linkOurs,
		oracle: linkOracle,
	},
	{
		where:  "cases/folder-is-missing, by name",
		reason: "the oracle names a program that it cannot start, where its folder is missing",
		ours:   folderOurs,
		oracle: folderOracle,
	},
	{
		where:  "cases/folder-is-missing, on the wire",
		reason: "as by name",
		ours:   folderOurs,
		oracle: folderOracle,
	},
}

const (
	linkOurs     = "SG006 `shared/base.toml` leads outside of the repository"
	linkOracle   = "error decompressing tgz file: "
	folderOurs   = "SG001 there is no folder `services/chat`"
	folderOracle = "no such file or directory"
)

func deliberately(where string) (difference, bool) {
	for _, it := range differences {
		if it.where == where {
			return it, true
		}
	}
	return difference{}, false
}

func (it difference) judge(ours, oracle answer) string {
	if says(ours, it.ours) && says(oracle, it.oracle) {
		return ""
	}
	return fmt.Sprintf("this differs otherwise than tests/argocd/differences.go says\nours   %v\noracle %v", ours.err, oracle.err)
}

func says(given answer, part string) bool {
	if part == "" {
		return given.err == nil
	}
	return given.err != nil && strings.Contains(given.err.Error(), part)
}
