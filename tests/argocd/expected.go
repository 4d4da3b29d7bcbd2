package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	stream "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// expect compares what Argo CD would apply with the golden manifests, which are YAML for people: read by the decoder that
// Argo CD and kubectl use, both are the same.
func expect(request *request, manifests []string) string {
	golden, err := os.ReadFile(request.expected)
	if errors.Is(err, fs.ErrNotExist) && len(manifests) == 0 {
		return ""
	} else if errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("there are manifests, and no golden file %s", request.expected)
	} else if err != nil {
		return err.Error()
	}
	documents, err := split(golden)
	if err != nil {
		return fmt.Sprintf("%s: %s", request.expected, err)
	}
	if len(documents) != len(manifests) {
		return fmt.Sprintf("%d manifests, and %s holds %d", len(manifests), request.expected, len(documents))
	}
	for i, document := range documents {
		ours, err := canonical([]byte(manifests[i]), json.Unmarshal)
		if err != nil {
			return err.Error()
		}
		theirs, err := canonical(document, strictly)
		if err != nil {
			return fmt.Sprintf("%s: %s", request.expected, err)
		}
		if ours != theirs {
			return fmt.Sprintf("manifest %d is not the golden one\nours   %s\ngolden %s", i+1, ours, theirs)
		}
	}
	return ""
}

// split cuts between documents as Argo CD does.
func split(text []byte) (documents [][]byte, err error) {
	for reader := stream.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		} else if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
}

func strictly(text []byte, into any) error {
	return yaml.UnmarshalStrict(text, into)
}

// canonical is JSON with sorted keys, without what Argo CD writes into each manifest to know it again.
func canonical(text []byte, unmarshal func([]byte, any) error) (string, error) {
	var object map[string]any
	if err := unmarshal(text, &object); err != nil {
		return "", err
	}
	if metadata, ok := object["metadata"].(map[string]any); ok {
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			delete(annotations, "argocd.argoproj.io/tracking-id")
			if len(annotations) == 0 {
				delete(metadata, "annotations")
			}
		}
	}
	sorted, err := json.Marshal(object)
	return string(sorted), err
}
