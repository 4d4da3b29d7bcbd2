// Command delivery holds what `cmp-host argocd` prints against Argo CD's own types and rules: Applications, sets and
// projects are decoded strictly, sets are rendered, and every Application must be permitted to do what it will do; settings are
// read back by the code that reads them in Argo CD.
//
//	delivery [-settings FILE -manifests FILE] delivery.yaml…
//
// It begins with files that it breaks itself, each in one place, and all of that must be noticed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sirupsen/logrus"
)

func main() {
	logrus.SetOutput(io.Discard)
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "delivery:", err)
		os.Exit(1)
	}
}

func run() error {
	settings := flag.String("settings", "", "what `cmp-host argocd config` prints")
	manifests := flag.String("manifests", "", "Argo CD's own install.yaml, which says which settings are read")
	flag.Parse()
	if flag.NArg() == 0 {
		return errors.New("name files that `cmp-host argocd apps` printed")
	}
	texts := map[string]string{}
	for _, path := range flag.Args() {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		texts[path] = string(text)
	}
	if err := notices(texts); err != nil {
		return err
	}
	count := 0
	for _, path := range flag.Args() {
		applications, err := validate(texts[path], path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		count += applications
	}
	fmt.Fprintf(os.Stderr, "Argo CD takes the %d Applications of %d files\n", count, flag.NArg())
	if *settings == "" {
		return nil
	}
	return readBack(*settings, *manifests)
}
