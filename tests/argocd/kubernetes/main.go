// Command kubernetes puts manifests through the API server's own code: the strict decoder, defaulting, and the strategies
// that create objects, which validate them. Pod templates of kinds that Kubernetes does not know are created as pods.
//
//	kubernetes FILE…    YAML files of manifests
//
// Kinds without a type are named and counted: other tests judge those.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	stream "k8s.io/apimachinery/pkg/util/yaml"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "kubernetes:", err)
		os.Exit(1)
	}
}

func run(paths []string) error {
	if len(paths) == 0 {
		return errors.New("name files of manifests")
	}
	if err := control(); err != nil {
		return err
	}
	var tally tally
	var refused []string
	for _, path := range paths {
		documents, err := read(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for i, document := range documents {
			if err := tally.judge(document); err != nil {
				refused = append(refused, fmt.Sprintf("%s: manifest %d: %s", path, i+1, err))
			}
		}
	}
	fmt.Println(tally.String())
	if len(refused) > 0 {
		return fmt.Errorf("%d manifests would be refused\n%s", len(refused), strings.Join(refused, "\n"))
	}
	if tally.created == 0 {
		return errors.New("no manifest was of a kind that Kubernetes knows")
	}
	return nil
}

func read(path string) (documents [][]byte, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
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

// A tally counts what was created, and what could not be.
type tally struct {
	created, templates int
	custom             map[string]int
}

func (it *tally) judge(document []byte) error {
	object, kind, err := decode(document)
	if err != nil {
		return err
	}
	if object != nil {
		it.created++
		return create(object, kind)
	}
	if it.custom == nil {
		it.custom = map[string]int{}
	}
	it.custom[kind.GroupVersion().String()+" "+kind.Kind]++
	templates, err := podTemplates(document)
	if err != nil {
		return err
	}
	for _, template := range templates {
		it.templates++
		if err := it.createPod(template); err != nil {
			return err
		}
	}
	return nil
}

func (it *tally) createPod(template []byte) error {
	pod, kind, err := decode(template)
	if err != nil {
		return err
	}
	return create(pod, kind)
}

func (it *tally) String() string {
	var custom []string
	for _, kind := range slices.Sorted(maps.Keys(it.custom)) {
		custom = append(custom, fmt.Sprintf("%d %s", it.custom[kind], kind))
	}
	return fmt.Sprintf("%s: %d manifests created; without a type: %s; %d pod templates in them created",
		version(), it.created, strings.Join(custom, ", "), it.templates)
}
