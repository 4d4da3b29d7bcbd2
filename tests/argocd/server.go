package main

import (
	"os"
	"path/filepath"
)

// A server is a plugin server in a process of its own.
type server struct {
	*process
	// The folder of its socket: what ARGOCD_PLUGINSOCKFILEPATH says, to it and to a repo-server.
	plugins string
	// The plugin's name, as an Application gives it.
	plugin string
}

// place says where a server finds what it needs.
type place struct {
	// A folder of its own. Short, since the path of a socket has 107 bytes at most.
	folder string
	// The folder of plugin.yaml.
	config string
	// The plugin's name, as an Application gives it.
	plugin string
	// The folders of programs.
	path string
	// The folder of compiled guests, which all servers share.
	cache string
}

// start runs a plugin server and waits until it answers.
func start(argv []string, where place) (*server, error) {
	it := &server{plugins: filepath.Join(where.folder, "plugins"), plugin: where.plugin}
	for _, folder := range []string{it.plugins, where.temporary()} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	socket := filepath.Join(it.plugins, it.plugin+".sock")
	var err error
	it.process, err = begin(argv, where.variables(it.plugins), filepath.Join(where.folder, "log"), socket)
	return it, err
}

// variables hold nothing of our own but what a sidecar's image would give: an answer is to depend on nothing else.
func (it place) variables(plugins string) []string {
	return []string{
		"PATH=" + it.path,
		"HOME=" + it.folder,
		"TMPDIR=" + it.temporary(),
		"CMP_HOST_CACHE=" + it.cache,
		"ARGOCD_PLUGINSOCKFILEPATH=" + plugins,
		"ARGOCD_CMP_WORKDIR=" + it.temporary(),
	}
}

func (it place) temporary() string {
	return filepath.Join(it.folder, "tmp")
}

func (it *server) socket() string {
	return it.address
}
