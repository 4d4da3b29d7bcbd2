// Command conformance is the Go side of the conformance tests: it reads with the types and the decoders that
// the cluster's own controllers and Argo CD use.
//
//	conformance decode   JSON manifests on stdin; one line each on stdout: "ok", or what the upstream type refuses
//	conformance yaml     YAML documents on stdin; one line of JSON with sorted keys each on stdout
//	conformance archive  paths of gzipped tar archives on stdin; one line with the entries of each on stdout
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	modes := map[string]func(io.Reader, io.Writer) error{"decode": decodeAll, "yaml": canonicalise, "archive": listAll}
	if len(args) != 1 || modes[args[0]] == nil {
		return fmt.Errorf("usage: conformance archive|decode|yaml")
	}
	buffered := bufio.NewWriter(out)
	if err := modes[args[0]](in, buffered); err != nil {
		return err
	}
	return buffered.Flush()
}
