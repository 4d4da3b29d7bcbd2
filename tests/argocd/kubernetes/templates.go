package main

import (
	"encoding/json"

	"sigs.k8s.io/yaml"
)

// podTemplates finds every pod template of a manifest, wherever it stands, and makes a Pod of each.
func podTemplates(document []byte) (pods [][]byte, err error) {
	var object any
	if err := yaml.Unmarshal(document, &object); err != nil {
		return nil, err
	}
	for _, template := range templatesBelow(object) {
		pod := map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": withName(template["metadata"]), "spec": template["spec"]}
		text, err := json.Marshal(pod)
		if err != nil {
			return nil, err
		}
		pods = append(pods, text)
	}
	return pods, nil
}

func templatesBelow(value any) (found []map[string]any) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			found = append(found, templatesBelow(item)...)
		}
	case map[string]any:
		if spec, ok := value["spec"].(map[string]any); ok && spec["containers"] != nil {
			return []map[string]any{value}
		}
		for _, inner := range value {
			found = append(found, templatesBelow(inner)...)
		}
	}
	return found
}

// withName names what its controller would name.
func withName(metadata any) map[string]any {
	named := map[string]any{"name": "template"}
	if metadata, ok := metadata.(map[string]any); ok {
		for key, value := range metadata {
			named[key] = value
		}
	}
	return named
}
