package main

import (
	"errors"
	"fmt"
)

// Servers that are wrong on purpose, by what they add to the plugin's command: one label, and a parameter that there is
// not. A comparison that takes their answers would prove nothing.
var (
	wrongLabel     = []any{"--set", "labels.wrong=true"}
	wrongParameter = []any{"--param", "wrong=true"}
)

// control shows that wrong answers are noticed, for some requests of every kind.
func (it *comparison) control(requests []request) error {
	oracle, err := it.oracle(it.plugin)
	if err != nil {
		return err
	}
	defer oracle.kill()
	label, err := it.oracle(withArguments(it.plugin, wrongLabel...))
	if err != nil {
		return err
	}
	defer label.kill()
	parameter, err := it.oracle(withArguments(it.plugin, wrongParameter...))
	if err != nil {
		return err
	}
	defer parameter.kill()
	return it.noticed(requests, oracle, label, parameter)
}

func (it *comparison) noticed(requests []request, oracle, label, parameter *server) error {
	manifests, errs := 0, 0
	for _, request := range requests {
		right := byName(&request, oracle)
		wrong, count := label, &manifests
		if right.err != nil {
			wrong, count = parameter, &errs
		}
		if *count == enough || request.operator != "" || right.err != nil && !oracleSays.MatchString(right.err.Error()) {
			continue
		}
		if differ(byName(&request, wrong), right) == "" {
			return fmt.Errorf("%s: a wrong answer goes unnoticed; differ.go is too lenient", request.name)
		}
		*count++
	}
	if manifests == 0 || errs == 0 {
		return errors.New("no case was there to show that wrong answers are noticed")
	}
	fmt.Printf("%s: %d wrong manifests and %d wrong errors were noticed\n", version(), manifests, errs)
	return nil
}

// So many of each show it.
const enough = 20

// controlOfDescriptions shows that an interview notices servers of different plugins: one that announces nothing, and one
// that looks for files.
func (it *workshop) controlOfDescriptions(repository string) error {
	silent, err := it.oracle(it.plugin.with(map[string]any{"spec": map[string]any{"parameters": nil}}))
	if err != nil {
		return err
	}
	defer silent.kill()
	looking, err := it.oracle(it.plugin.with(fileName("sglang.toml")))
	if err != nil {
		return err
	}
	defer looking.kill()
	if _, noticed := it.interview(&variant{name: "control"}, silent, looking, repository); len(noticed) < len(folders) {
		return fmt.Errorf("two plugins that differ in everything gave %d different answers; describe.go is too lenient", len(noticed))
	}
	return nil
}
