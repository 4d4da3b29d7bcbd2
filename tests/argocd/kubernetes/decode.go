package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/capabilities"
	"sigs.k8s.io/yaml"

	// Each registers the types of a group, their defaults and their conversions.
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

// What the API server uses for `fieldValidation: Strict`: unknown and repeated fields are errors. It fills in defaults, and
// converts to the types that are stored.
var strict = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDecoder()

// As most clusters are run: whether a pod may be privileged is then for admission to say, which is not asked here.
func init() {
	capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true})
}

// decode gives no object for a kind of a group that Kubernetes does not know. An unknown kind of a known group is an error.
func decode(document []byte) (runtime.Object, schema.GroupVersionKind, error) {
	text, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return nil, schema.GroupVersionKind{}, err
	}
	var head struct{ APIVersion, Kind string }
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, schema.GroupVersionKind{}, err
	}
	kind := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)
	if !legacyscheme.Scheme.IsGroupRegistered(kind.Group) {
		return nil, kind, nil
	}
	object, _, err := strict.Decode(text, nil, nil)
	if err != nil {
		return nil, kind, fmt.Errorf("%s: %w", kind.Kind, err)
	}
	return object, kind, nil
}

// version tells which Kubernetes is linked, from what the Go tool wrote into this program.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "k8s.io/kubernetes" {
			return "kubernetes " + module.Version
		}
	}
	return "kubernetes of an unknown version"
}
