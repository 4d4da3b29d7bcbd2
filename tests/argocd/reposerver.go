package main

import (
	"os"
	"path/filepath"

	"argo"
)

// A repoServer is argocd-repo-server as a plain process, with the redis that it wants.
type repoServer struct {
	address string
	redis   *process
	server  *process
}

// repoServer starts both. There is no cluster, no TLS, and no key to verify a signature with.
func (it *workshop) repoServer(plugin *server) (*repoServer, error) {
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(it.folder, "repo-server")
	for _, name := range []string{"bin", "tmp", "tls", "ssh", "gpg", "conf"} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o755); err != nil {
			return nil, err
		}
	}
	// It is run for every commit, even when signatures are not asked for.
	if err := os.WriteFile(filepath.Join(folder, "bin/git-verify-wrapper.sh"), []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
		return nil, err
	}
	running := &repoServer{address: "127.0.0.1:" + ports[1]}
	redis := []string{"redis-server", "--bind", "127.0.0.1", "--port", ports[0], "--save", "", "--appendonly", "no", "--dir", folder}
	if running.redis, err = begin(redis, nil, filepath.Join(folder, "redis.log"), "127.0.0.1:"+ports[0]); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	argv := append([]string{self, "repo-server"}, repoServerFlags(ports)...)
	if running.server, err = begin(argv, repoServerVariables(folder, plugin), filepath.Join(folder, "log"), running.address); err != nil {
		running.stop()
		return nil, err
	}
	return running, nil
}

func repoServerFlags(ports []string) []string {
	flags := []string{
		"--address", "127.0.0.1", "--port", ports[1], "--metrics-address", "127.0.0.1", "--metrics-port", ports[2],
		"--redis", "127.0.0.1:" + ports[0], "--disable-tls", "--logformat", "text", "--plugin-tar-exclude", ".git/*",
	}
	// Since 3.5 there is a default, which --disable-tls does not go with.
	if argo.RepoServer().Flags().Lookup("client-ca-path") != nil {
		flags = append(flags, "--client-ca-path", "")
	}
	return flags
}

func repoServerVariables(folder string, plugin *server) []string {
	return []string{
		"PATH=" + filepath.Join(folder, "bin") + ":" + os.Getenv("PATH"),
		"HOME=" + folder,
		"TMPDIR=" + filepath.Join(folder, "tmp"),
		"ARGOCD_BINARY_NAME=argocd-repo-server",
		"ARGOCD_PLUGINSOCKFILEPATH=" + plugin.plugins,
		"ARGOCD_ASK_PASS_SOCK=" + filepath.Join(folder, "askpass.sock"),
		"ARGOCD_GPG_ENABLED=false",
		"ARGOCD_GNUPGHOME=" + filepath.Join(folder, "gpg"),
		"ARGOCD_TLS_DATA_PATH=" + filepath.Join(folder, "tls"),
		"ARGOCD_SSH_DATA_PATH=" + filepath.Join(folder, "ssh"),
		"ARGOCD_APP_CONF_PATH=" + filepath.Join(folder, "conf"),
		"GIT_CONFIG_NOSYSTEM=1",
	}
}

func (it *repoServer) stop() {
	for _, process := range []*process{it.server, it.redis} {
		if process != nil {
			process.kill()
		}
	}
}
