package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// A workshop is what every comparison needs: where things are, and a folder that goes away at the end.
type workshop struct {
	project string
	// The folder of `cmp-host`, under that name, as plugin.yaml calls it.
	programs string
	folder   string
	plugin   plugin
	servers  int
	// What plays our side.
	ours string
}

// Who can play our side: `cmp-host serve`, or the oracle, to try the harness itself.
const (
	serve  = "serve"
	oracle = "oracle"
)

// flags reads what compare and describe have in common.
func (it *workshop) flags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.StringVar(&it.project, "project", ".", "the project's root")
	flags.StringVar(&it.programs, "host", "", "the program cmp-host")
	flags.StringVar(&it.ours, "ours", serve, "who is compared with argocd-cmp-server: `serve`, or oracle for the same once more")
	return flags
}

// open makes the folder, and puts cmp-host where servers look for it.
func (it *workshop) open() error {
	quiet()
	if it.ours != serve && it.ours != oracle {
		return fmt.Errorf("-ours is %q; give serve or oracle", it.ours)
	}
	var err error
	if it.project, err = filepath.Abs(it.project); err != nil {
		return err
	}
	if it.programs == "" {
		return errors.New("build cmp-host, and name it with -host")
	}
	host, err := filepath.Abs(it.programs)
	if err != nil {
		return err
	}
	if _, err := os.Stat(host); err != nil {
		return fmt.Errorf("there is no cmp-host: %w; build it", err)
	}
	if it.plugin, err = readPlugin(filepath.Join(it.project, "plugin.yaml")); err != nil {
		return err
	}
	// /tmp itself, and not $TMPDIR: the path of a socket is short or there is no socket.
	if it.folder, err = os.MkdirTemp("/tmp", "argocd-"); err != nil {
		return err
	}
	it.programs = filepath.Join(it.folder, "bin")
	if err := os.MkdirAll(it.programs, 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(it.folder, "cache"), 0o700); err != nil {
		return err
	}
	// The clients' archives.
	if err := os.Mkdir(filepath.Join(it.folder, "tmp"), 0o755); err != nil {
		return err
	}
	if err := os.Setenv("TMPDIR", filepath.Join(it.folder, "tmp")); err != nil {
		return err
	}
	return os.Symlink(host, it.host())
}

func (it *workshop) close() {
	_ = os.RemoveAll(it.folder)
}

func (it *workshop) host() string {
	return filepath.Join(it.programs, "cmp-host")
}

// oracle starts argocd-cmp-server, which runs the plugin's command.
func (it *workshop) oracle(plugin plugin) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	where, err := it.place(plugin)
	if err != nil {
		return nil, err
	}
	return start([]string{self, "cmp-server", "--config-dir-path", where.config, "--loglevel", "warn"}, where)
}

// serve starts our server, with an operator's file or none.
func (it *workshop) serve(plugin plugin, operator string) (*server, error) {
	if it.ours == oracle {
		return it.oracle(withOperator(plugin, operator))
	}
	where, err := it.place(plugin)
	if err != nil {
		return nil, err
	}
	argv := []string{it.host()}
	if operator != "" {
		argv = append(argv, "--config", operator)
	}
	return start(append(argv, "serve", "--config-dir-path", where.config), where)
}

func (it *workshop) place(plugin plugin) (place, error) {
	it.servers++
	folder := filepath.Join(it.folder, fmt.Sprint("s", it.servers))
	where := place{
		folder: folder,
		config: filepath.Join(folder, "config"),
		plugin: plugin.name(),
		path:   it.programs + ":/usr/local/bin:/usr/bin:/bin",
		cache:  filepath.Join(it.folder, "cache"),
	}
	return where, plugin.write(where.config)
}

// withOperator gives the plugin's command an operator's file. Our server gets it from its own command line.
func withOperator(plugin plugin, operator string) plugin {
	if operator == "" {
		return plugin
	}
	return withArguments(plugin, "--config", operator)
}

// withArguments adds to the plugin's command.
func withArguments(plugin plugin, arguments ...any) plugin {
	return plugin.with(map[string]any{"spec": map[string]any{"generate": map[string]any{"args": arguments}}})
}
