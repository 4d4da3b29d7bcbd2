package main

import (
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// A plugin is a plugin.yaml, read as Argo CD reads it.
type plugin map[string]any

func readPlugin(path string) (plugin, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	it := plugin{}
	if err := yaml.Unmarshal(text, &it); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return it, nil
}

// with is the plugin with some keys changed, as a JSON merge patch changes them: nil removes a key.
func (it plugin) with(patch map[string]any) plugin {
	return merge(it, patch)
}

func merge(old, patch map[string]any) map[string]any {
	merged := map[string]any{}
	for key, value := range old {
		merged[key] = value
	}
	for key, value := range patch {
		switch inner := value.(type) {
		case nil:
			delete(merged, key)
		case map[string]any:
			before, _ := merged[key].(map[string]any)
			merged[key] = merge(before, inner)
		default:
			merged[key] = value
		}
	}
	return merged
}

// name is what an Application calls the plugin.
func (it plugin) name() string {
	metadata, _ := it["metadata"].(map[string]any)
	spec, _ := it["spec"].(map[string]any)
	name := fmt.Sprint(metadata["name"])
	if version, _ := spec["version"].(string); version != "" {
		name += "-" + version
	}
	return name
}

// write lays the plugin into a folder, as the folder of a sidecar's configuration.
func (it plugin) write(folder string) error {
	text, err := yaml.Marshal(it)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(folder, "plugin.yaml"), text)
}

func writeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
