package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"
)

// settings are a case's case.toml; tests/README.md describes it.
type settings struct {
	Dir         string
	Env         []string
	Output      string
	Params      map[string]string
	Set         map[string]string
	Variables   map[string]string
	Config      string
	Application *application
	Origins     bool
	Args        []string
	Generate    map[string]generated
}

// An application is who asks.
type application struct{ Name, Namespace, Project string }

// generated is what is appended to a file, or that it is a link.
type generated struct {
	Link  string
	Bytes []int
	Text  string
	Times *int
}

func readSettings(root string) (settings, error) {
	var it settings
	path := filepath.Join(root, "case.toml")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return it, nil
	} else if err != nil {
		return it, err
	}
	meta, err := toml.Decode(string(text), &it)
	if err != nil {
		return it, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return it, fmt.Errorf("%s: the harness does not know %s; teach it in tests/argocd/settings.go", path, unknown[0])
	}
	if len(it.Args) > 0 {
		return it, fmt.Errorf("%s: `args` are for the process alone; Argo CD has no way to pass them", path)
	}
	return it, nil
}

// lay makes the files that cannot be committed.
func (it settings) lay(root string) error {
	for name, file := range it.Generate {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := file.lay(path); err != nil {
			return err
		}
	}
	return nil
}

func (it generated) lay(path string) error {
	if it.Link != "" {
		return os.Symlink(it.Link, path)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(it.content())
	return err
}

func (it generated) content() []byte {
	var content []byte
	for _, number := range it.Bytes {
		content = append(content, byte(number))
	}
	times := 1
	if it.Times != nil {
		times = *it.Times
	}
	for range times {
		content = append(content, it.Text...)
	}
	return content
}
