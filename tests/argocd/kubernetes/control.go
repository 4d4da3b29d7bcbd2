package main

import (
	"fmt"
	"strings"
)

// Manifests that are wrong on purpose, and a part of what the API server says of each.
var wrong = []struct{ manifest, says string }{
	{`{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, datas: {}}`, `unknown field "datas"`},
	{`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 70000}]}}`, "must be between 1 and 65535"},
	{`{apiVersion: apps/v1, kind: Deployments, metadata: {name: a}}`, "no kind"},
	{`{apiVersion: v1, kind: ConfigMap, metadata: {name: A_B}}`, "metadata.name"},
	{`{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, spec: {leaderWorkerTemplate: {workerTemplate: {spec: {containers: [{name: a}]}}}}}`, "image: Required value"},
}

// control shows that each of them is refused. A judge that lets them pass would prove nothing.
func control() error {
	for _, it := range wrong {
		var tally tally
		if err := tally.judge([]byte(it.manifest)); err == nil || !strings.Contains(err.Error(), it.says) {
			return fmt.Errorf("%s should be refused with %q, and the answer is %v", it.manifest, it.says, err)
		}
	}
	return nil
}
