package main

import (
	"fmt"
	"os"
	"strings"
)

// So many problems are shown. What is wrong everywhere need not be told a thousand times.
const shown = 20

// verdict is an error if there are problems, which it shows.
func verdict(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	fmt.Fprintln(os.Stderr, strings.Join(problems[:min(shown, len(problems))], "\n\n"))
	return fmt.Errorf("%d things are wrong; the first %d are above", len(problems), min(shown, len(problems)))
}
