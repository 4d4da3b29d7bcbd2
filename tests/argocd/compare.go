package main

import (
	"fmt"
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
	comparison := comparison{workshop: &it, pairs: map[string]pair{}, met: map[string]bool{}}
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
	// The deliberate differences that were seen.
	met map[string]bool
}

type pair struct{ ours, oracle *server }

func (it *comparison) compare(request *request, door *door) error {
	pair, err := it.pair(door, request.operator)
	if err != nil {
		return err
	}
	ours, oracle := door.ask(request, pair.ours), door.ask(request, pair.oracle)
	if difference := it.judge(request, door, ours, oracle); difference != "" {
		it.differences = append(it.differences, request.name+", "+door.name+": "+difference)
		return nil
	}
	it.agreed++
	it.manifests += len(ours.manifests)
	if ours.err != nil {
		it.errors++
	}
	return nil
}

// judge says how two answers differ, or nothing.
func (it *comparison) judge(request *request, door *door, ours, oracle answer) string {
	difference := differ(ours, oracle)
	if meant, found := deliberate(request, door); found && it.ours == serve {
		it.met[request.name+", "+door.name] = true
		difference = meant.judge(ours, oracle)
	}
	if difference != "" || ours.err != nil {
		return difference
	}
	it.expected++
	return expect(request, ours.manifests)
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
	problems = append(problems, it.stale()...)
	if len(problems) == 0 && it.agreed != asked {
		problems = append(problems, fmt.Sprintf("%d questions, and %d answers were compared", asked, it.agreed))
	}
	fmt.Printf("%s: %d questions; %d answers are as they should be: %d manifests, %d errors; %d are the golden ones, too; %d differ on purpose\n",
		version(), asked, it.agreed, it.manifests, it.errors, it.expected, len(it.met))
	return verdict(problems)
}

// stale are the deliberate differences that were not seen any more.
func (it *comparison) stale() (problems []string) {
	for _, difference := range differences {
		for _, door := range difference.doors {
			where := difference.name + ", " + door
			if it.ours == serve && difference.applies() && !it.met[where] {
				problems = append(problems, where+": nothing differs here any more; take it out of tests/argocd/differences.go")
			}
		}
	}
	return problems
}
