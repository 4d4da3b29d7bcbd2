package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// How long a server may take until it answers. A guest may have to be compiled first, on a busy machine.
const patience = 60 * time.Second

// A process is a server that answers at an address: a port of this machine, or the path of a socket.
type process struct {
	name    string
	address string
	command *exec.Cmd
	// The file that it logs to.
	log   string
	ended chan error
}

// begin runs a server and waits until it answers.
func begin(argv, variables []string, log, address string) (*process, error) {
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	it := &process{name: strings.Join(argv, " "), address: address, log: log, ended: make(chan error, 1)}
	it.command = exec.Command(argv[0], argv[1:]...)
	it.command.Env = variables
	it.command.Stdout, it.command.Stderr = file, file
	if err := it.command.Start(); err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", it.name, err)
	}
	go func() { it.ended <- it.command.Wait() }()
	return it, it.wait()
}

// wait dials until somebody answers.
func (it *process) wait() error {
	late := time.After(patience)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		if connection, err := net.Dial(it.network(), it.address); err == nil {
			return connection.Close()
		}
		select {
		case err := <-it.ended:
			it.ended <- err
			return fmt.Errorf("%s ended before it served %s: %w; it said\n%s", it.name, it.address, orExit(err), it.said())
		case <-late:
			it.kill()
			return fmt.Errorf("%s does not serve %s after %s; it said\n%s", it.name, it.address, patience, it.said())
		case <-again.C:
		}
	}
}

func (it *process) network() string {
	if strings.HasPrefix(it.address, "/") {
		return "unix"
	}
	return "tcp"
}

func orExit(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// said is the end of its log.
func (it *process) said() string {
	log, _ := os.ReadFile(it.log)
	lines := strings.Split(string(bytes.TrimSpace(log)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// kill ends a server that would not end by itself: argocd-cmp-server survives SIGTERM.
func (it *process) kill() {
	_ = it.command.Process.Kill()
	it.ended <- <-it.ended
}

// stop asks a server to end, and wants it to leave nothing behind.
func (it *process) stop() error {
	if err := it.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("%s ended while it was needed: %w; it said\n%s", it.name, err, it.said())
	}
	select {
	case err := <-it.ended:
		it.ended <- err
		if err != nil {
			return fmt.Errorf("%s ended with %w after SIGTERM; it said\n%s", it.name, err, it.said())
		}
	case <-time.After(20 * time.Second):
		it.kill()
		return fmt.Errorf("%s does not end within 20 s after SIGTERM; it said\n%s", it.name, it.said())
	}
	if _, err := os.Lstat(it.address); it.network() == "unix" && err == nil {
		return fmt.Errorf("%s left its socket behind: %s", it.name, it.address)
	}
	return nil
}

// freePorts are ports of this machine that nobody listened on a moment ago.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		_, port, err := net.SplitHostPort(listener.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}
