package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/argo-cd/v3/util/settings"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"
)

// readBack wants every setting to be read where it stands, and to do what it is there for. Each key is misspelt once before,
// which must be noticed.
func readBack(path, manifests string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	install, err := os.ReadFile(manifests)
	if err != nil {
		return err
	}
	maps := map[string]*corev1.ConfigMap{}
	for _, document := range strings.Split(string(text), "\n---\n") {
		it := &corev1.ConfigMap{}
		if err := yaml.UnmarshalStrict([]byte(document), it); err != nil {
			return err
		}
		maps[it.Name] = it
	}
	general, parameters := maps["argocd-cm"], maps["argocd-cmd-params-cm"]
	if len(maps) != 2 || general == nil || parameters == nil {
		return fmt.Errorf("%s holds other ConfigMaps than Argo CD's two", path)
	}
	words := strings.Join(strings.Fields(string(install)), " ")
	readers := map[*corev1.ConfigMap]func(*corev1.ConfigMap) error{
		general:    readGeneral,
		parameters: func(it *corev1.ConfigMap) error { return readParameters(it, words) },
	}
	for it, read := range readers {
		if err := read(it); err != nil {
			return err
		}
		for key, value := range it.Data {
			misspelt := it.DeepCopy()
			delete(misspelt.Data, key)
			misspelt.Data["x"+key] = value
			if read(misspelt) == nil {
				return fmt.Errorf("nobody notices that %s is misspelt", key)
			}
		}
	}
	fmt.Fprintf(os.Stderr, "Argo CD reads the %d settings of %s\n", len(general.Data)+len(parameters.Data), path)
	return nil
}

// readParameters knows that a parameter is a variable of a container's, by its key.
func readParameters(parameters *corev1.ConfigMap, install string) error {
	for key := range parameters.Data {
		if !strings.Contains(install, "key: "+key+" name: argocd-cmd-params-cm ") {
			return fmt.Errorf("no container reads %s of argocd-cmd-params-cm", key)
		}
	}
	return nil
}

// readGeneral reads argocd-cm as Argo CD does.
func readGeneral(general *corev1.ConfigMap) error {
	method, overrides, err := asRead(general)
	if err != nil {
		return err
	}
	// What is written is the default by now, so another value must be read, too.
	other := general.DeepCopy()
	for key, value := range other.Data {
		if value == method {
			other.Data[key] = "label"
		}
	}
	if read, _, err := asRead(other); err != nil || read != "label" {
		return fmt.Errorf("nothing in argocd-cm is the tracking method: %q %v", read, err)
	}
	scripts := 0
	for _, it := range overrides {
		if it.HealthLua != "" {
			scripts++
		}
	}
	// The tracking method is the only other key.
	if method != "annotation" || scripts != len(general.Data)-1 {
		return fmt.Errorf("of the %d keys of argocd-cm, %d are read as health, and %q is the tracking method", len(general.Data), scripts, method)
	}
	for _, kind := range []string{"ServiceMonitor", "PrometheusRule"} {
		if err := healthOf(overrides, kind); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func asRead(general *corev1.ConfigMap) (method string, overrides lua.ResourceHealthOverrides, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	manager := settings.NewSettingsManager(ctx, fake.NewClientset(general), general.Namespace)
	if method, err = manager.GetTrackingMethod(); err != nil {
		return "", nil, err
	}
	overrides, err = manager.GetResourceOverrides()
	return method, overrides, err
}

// healthOf runs a kind's script on what an operator writes.
func healthOf(overrides lua.ResourceHealthOverrides, kind string) error {
	for _, it := range []struct{ status, expected string }{
		{`null`, "Healthy: no Prometheus refuses it"},
		{`{"bindings": []}`, "Healthy: no Prometheus refuses it"},
		{`{"bindings": [{"name": "k8s"}]}`, "Healthy: no Prometheus refuses it"},
		{`{"bindings": [{"name": "k8s", "conditions": [{"type": "Accepted", "status": "True"}]}]}`, "Healthy: no Prometheus refuses it"},
		{`{"bindings": [{"name": "k8s", "conditions": [{"type": "Accepted", "status": "False", "reason": "InvalidConfiguration", "message": "no such port"}]}]}`, "Degraded: k8s: no such port"},
		{`{"bindings": [{"name": "a"}, {"name": "b", "conditions": [{"type": "Accepted", "status": "False"}]}]}`, "Degraded: b: refused"},
	} {
		object := &unstructured.Unstructured{}
		text := fmt.Sprintf(`{"apiVersion": "monitoring.coreos.com/v1", "kind": %q, "metadata": {"name": "a"}, "status": %s}`, kind, it.status)
		if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
			return err
		}
		health, err := overrides.GetResourceHealth(object)
		if err != nil {
			return err
		}
		if health == nil || fmt.Sprintf("%s: %s", health.Status, health.Message) != it.expected {
			return fmt.Errorf("%s is %v, and not %s", it.status, health, it.expected)
		}
	}
	return nil
}
