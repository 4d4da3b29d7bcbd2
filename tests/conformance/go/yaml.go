package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// canonicalise reads as Argo CD does: the same splitter of documents with the same look-ahead, and
// sigs.k8s.io/yaml (YAML 1.1) for each of them.
func canonicalise(in io.Reader, out io.Writer) error {
	documents := yaml.NewYAMLOrJSONDecoder(in, 4096)
	for {
		var document any
		if err := documents.Decode(&document); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		text, err := json.Marshal(document)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, string(text))
	}
}
