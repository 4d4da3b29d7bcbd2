package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// compare asks our server and argocd-cmp-server the same questions, and wants the same answers.
func compare(args []string) error {
	var it workshop
	if err := it.flags("argocd compare").Parse(args); err != nil {
		return err
	}
	if err := it.open(); err != nil {
		return err
	}
	defer it.close()
	requests, err := it.requests()
	if err != nil {
		return err
	}
	if len(requests) == 0 {
		return errors.New("there are no cases; name the project's root with -project")
	}
	comparison := comparison{workshop: &it, pairs: map[string]pair{}}
	defer comparison.kill()
	for _, door := range doors {
		for _, request := range requests {
			if err := comparison.compare(&request, &door); err != nil {
				return err
			}
		}
	}
	if err := comparison.control(requests); err != nil {
		return err
	}
	return comparison.conclude(len(requests) * len(doors))
}

// A comparison counts as it goes.
type comparison struct {
	*workshop
	// One pair of servers for each plugin.yaml and operator's file.
	pairs                               map[string]pair
	agreed, manifests, errors, expected int
	differences                         []string
	met                                 []string
}

type pair struct{ ours, oracle *server }

func (it *comparison) compare(request *request, door *door) error {
	pair, err := it.pair(door, request.operator)
	if err != nil {
		return err
	}
	ours, oracle := door.ask(request, pair.ours), door.ask(request, pair.oracle)
	where := request.name + ", " + door.name
	if difference := it.judge(where, request, ours, oracle); difference != "" {
		it.differences = append(it.differences, where+": "+difference)
		return nil
	}
	it.agreed++
	it.manifests += len(ours.manifests)
	if oracle.err != nil {
		it.errors++
	}
	return nil
}

// judge says how two answers differ, or nothing.
func (it *comparison) judge(where string, request *request, ours, oracle answer) string {
	if deliberate, found := deliberately(where); found && it.ours == serve {
		it.met = append(it.met, deliberate.where)
		return deliberate.judge(ours, oracle)
	}
	if difference := differ(ours, oracle); difference != "" || oracle.err != nil {
		return difference
	}
	difference, compared := expect(request, ours.manifests)
	if compared {
		it.expected++
	}
	return difference
}

func (it *comparison) pair(door *door, operator string) (pair, error) {
	plugin := it.plugin.with(door.patch)
	key := plugin.name() + fmt.Sprint(door.patch) + operator
	if pair, found := it.pairs[key]; found {
		return pair, nil
	}
	oracle, err := it.oracle(withOperator(plugin, operator))
	if err != nil {
		return pair{}, err
	}
	ours, err := it.serve(plugin, operator)
	if err != nil {
		oracle.kill()
		return pair{}, err
	}
	it.pairs[key] = pair{ours: ours, oracle: oracle}
	return it.pairs[key], nil
}

func (it *comparison) kill() {
	for _, pair := range it.pairs {
		pair.oracle.kill()
		pair.ours.kill()
	}
}

// conclude stops our servers, and says what was seen.
func (it *comparison) conclude(asked int) error {
	problems := it.differences
	for key, pair := range it.pairs {
		if it.ours == serve {
			if err := pair.ours.stop(); err != nil {
				problems = append(problems, err.Error())
			}
			pair.oracle.kill()
			delete(it.pairs, key)
		}
	}
	for _, deliberate := range differences {
		if it.ours == serve && !slices.Contains(it.met, deliberate.where) {
			problems = append(problems, deliberate.where+": this deliberate difference is not met any more; take it out of tests/argocd/differences.go")
		}
	}
	if len(problems) == 0 && it.agreed != asked {
		problems = append(problems, fmt.Sprintf("%d questions, and %d answers were compared", asked, it.agreed))
	}
	fmt.Printf("%s: %d questions; %d answers agree: %d manifests, %d errors; %d are the golden ones, too; %d differ on purpose\n",
		version(), asked, it.agreed, it.manifests, it.errors, it.expected, len(it.met))
	if len(problems) > 0 {
		fmt.Fprintln(os.Stderr, strings.Join(problems, "\n\n"))
		return fmt.Errorf("%d things are wrong", len(problems))
	}
	return nil
}
