package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	genericrequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
)

// How the API server creates each kind: what it clears, and what it validates.
var strategies = map[schema.GroupKind]rest.RESTCreateStrategy{
	{Group: "apps", Kind: "Deployment"}:                       deployment.Strategy,
	{Group: "apps", Kind: "StatefulSet"}:                      statefulset.Strategy,
	{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}:   horizontalpodautoscaler.Strategy,
	{Group: "batch", Kind: "CronJob"}:                         cronjob.Strategy,
	{Group: "batch", Kind: "Job"}:                             job.Strategy,
	{Group: "networking.k8s.io", Kind: "Ingress"}:             ingress.Strategy,
	{Group: "networking.k8s.io", Kind: "NetworkPolicy"}:       networkpolicy.Strategy,
	{Group: "policy", Kind: "PodDisruptionBudget"}:            poddisruptionbudget.Strategy,
	{Group: "rbac.authorization.k8s.io", Kind: "Role"}:        role.Strategy,
	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}: rolebinding.Strategy,
	{Kind: "ConfigMap"}:                                       configmap.Strategy,
	{Kind: "PersistentVolumeClaim"}:                           persistentvolumeclaim.Strategy,
	{Kind: "Pod"}:                                             pod.Strategy,
	{Kind: "Secret"}:                                          secret.Strategy,
	{Kind: "Service"}:                                         service.Strategy,
	{Kind: "ServiceAccount"}:                                  serviceaccount.Strategy,
}

// create does what the API server does between decoding and storing. A warning, which kubectl would show, is an error here:
// a manifest that we write is to have none.
func create(object runtime.Object, kind schema.GroupVersionKind) error {
	strategy, known := strategies[kind.GroupKind()]
	if !known {
		return fmt.Errorf("no strategy for %s %s; add it to tests/argocd/kubernetes/create.go", kind.GroupVersion(), kind.Kind)
	}
	ctx, name, err := contextOf(object, kind)
	if err != nil {
		return err
	}
	if err := rest.BeforeCreate(strategy, ctx, object); err != nil {
		return fmt.Errorf("%s %s: %w", kind.Kind, name, err)
	}
	if warnings := strategy.WarningsOnCreate(ctx, object); len(warnings) > 0 {
		return fmt.Errorf("%s %s: the API server warns: %q", kind.Kind, name, warnings)
	}
	return nil
}

// contextOf names the namespace that the request would go to; an object without one goes where its Application does.
func contextOf(object runtime.Object, kind schema.GroupVersionKind) (context.Context, string, error) {
	accessor, err := meta.Accessor(object)
	if err != nil {
		return nil, "", err
	}
	namespace := accessor.GetNamespace()
	if namespace == "" {
		namespace = "default"
	}
	// UID and time, which the store fills in before it asks the strategy.
	rest.FillObjectMetaSystemFields(accessor)
	ctx := genericrequest.WithNamespace(genericrequest.NewContext(), namespace)
	// Newer rules are written for the version that the client wrote.
	written := &genericrequest.RequestInfo{APIGroup: kind.Group, APIVersion: kind.Version, Namespace: namespace, Verb: "create"}
	return genericrequest.WithRequestInfo(ctx, written), accessor.GetName(), nil
}
