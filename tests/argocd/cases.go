package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A request is a case or an example, laid on disk, for one environment: what an Application asks for.
type request struct {
	name string
	// The folder that plays the checked-out repository, and the spec's folder in it.
	root, dir string
	// The operator's file, or nothing.
	operator    string
	parameters  []parameter
	variables   []variable
	application application
	// The golden manifests. There is no such file if the case has diagnostics alone.
	expected string
}

// A parameter, in Argo CD's form.
type parameter struct {
	Name   string            `json:"name"`
	String *string           `json:"string,omitempty"`
	Map    map[string]string `json:"map,omitempty"`
}

// A variable of the plugin, as an Application's `plugin.env` has it.
type variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Argo CD always says who asks; a case does so only where it matters.
var somebody = application{Name: "conformance", Project: "default"}

// requests lists what is asked: every folder of tests/cases, and every spec below examples.
func (it *workshop) requests() ([]request, error) {
	all, err := it.cases()
	if err != nil {
		return nil, err
	}
	examples, err := it.examples()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || len(examples) == 0 {
		return nil, fmt.Errorf("%s holds %d cases and %d examples; name the project's root with -project", it.project, len(all), len(examples))
	}
	return append(all, examples...), nil
}

func (it *workshop) cases() ([]request, error) {
	folder := filepath.Join(it.project, "tests/cases")
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []request
	for _, entry := range entries {
		root := filepath.Join(folder, entry.Name())
		of, err := it.requestsOf(root, ".", root, "cases/"+entry.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

// examples leaves out the example guests, whose specs have a grammar of their own.
func (it *workshop) examples() ([]request, error) {
	var all []request
	examples := filepath.Join(it.project, "examples")
	err := filepath.WalkDir(examples, func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Base(path) != "sglang.toml" || strings.HasPrefix(path, filepath.Join(examples, "guests")) {
			return err
		}
		inside, err := filepath.Rel(examples, filepath.Dir(path))
		if err != nil {
			return err
		}
		name, dir, _ := strings.Cut(inside, "/")
		root := filepath.Join(examples, name)
		of, err := it.requestsOf(root, filepath.Clean("./"+dir), filepath.Join(root, "expected", dir), "examples/"+inside)
		all = append(all, of...)
		return err
	})
	return all, err
}

func (it *workshop) requestsOf(root, dir, expected, name string) ([]request, error) {
	settings, err := readSettings(root)
	if err != nil {
		return nil, err
	}
	// A plugin is asked for manifests alone.
	if settings.Output == "delivery" {
		return nil, nil
	}
	laid := filepath.Join(it.folder, "repositories", name, "repository")
	if err := os.CopyFS(laid, os.DirFS(root)); err != nil {
		return nil, fmt.Errorf("%s cannot be copied: %w", name, err)
	}
	if err := settings.lay(laid); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if settings.Dir != "" {
		dir = settings.Dir
	}
	environments, err := it.environments(settings, name, laid, dir)
	if err != nil {
		return nil, err
	}
	var all []request
	for _, environment := range environments {
		one := request{name: name, root: laid, dir: dir, application: somebody, expected: filepath.Join(expected, "manifests.yaml")}
		one.choose(settings, environment)
		if len(environments) > 1 {
			one.name += " for " + environment
			one.expected = filepath.Join(expected, "manifests."+environment+".yaml")
		}
		all = append(all, one)
	}
	return all, nil
}

// environments are those that case.toml names, or all of an example's, or one run for which nobody chose.
func (it *workshop) environments(settings settings, name, laid, dir string) ([]string, error) {
	if len(settings.Env) > 0 {
		return settings.Env, nil
	}
	if !strings.HasPrefix(name, "examples/") {
		return []string{""}, nil
	}
	names, err := exec.Command(it.host(), "environments", "--root", laid, filepath.Join(laid, dir)).Output()
	if err != nil {
		return nil, fmt.Errorf("cmp-host environments: %s: %w", name, err)
	}
	return strings.Fields(string(names)), nil
}

func (it *request) choose(settings settings, environment string) {
	text := func(name, value string) { it.parameters = append(it.parameters, parameter{Name: name, String: &value}) }
	if environment != "" {
		text("environment", environment)
	}
	for _, name := range slices.Sorted(maps.Keys(settings.Params)) {
		text(name, settings.Params[name])
	}
	if len(settings.Set) > 0 {
		it.parameters = append(it.parameters, parameter{Name: "set", Map: settings.Set})
	}
	for _, name := range slices.Sorted(maps.Keys(settings.Variables)) {
		it.variables = append(it.variables, variable{Name: name, Value: settings.Variables[name]})
	}
	if settings.Application != nil {
		it.application = *settings.Application
	}
	if settings.Config != "" {
		it.operator = filepath.Join(it.root, settings.Config)
	}
}
