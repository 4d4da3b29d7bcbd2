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

var differences = []difference{}

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
