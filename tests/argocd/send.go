package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"argo"
)

// A load is so many requests, so many of them at once.
type load struct {
	socket, repository, folder, environment string
	requests, atOnce, chunk                 int
	deadline                                time.Duration
}

// send measures what a server takes for a request: from dialling to the reply, with the archive packed before. Packing costs
// a client the same whoever answers.
func send(args []string) error {
	var it load
	flags := flag.NewFlagSet("argocd send", flag.ContinueOnError)
	flags.StringVar(&it.socket, "socket", "", "the plugin's socket")
	flags.StringVar(&it.repository, "repository", "", "the folder that is packed")
	flags.StringVar(&it.folder, "app", "", "the Application's folder, below -repository")
	flags.StringVar(&it.environment, "env", "", "the parameter `environment`")
	flags.IntVar(&it.requests, "n", 100, "how many requests")
	flags.IntVar(&it.atOnce, "at-once", 1, "how many of them at once")
	flags.IntVar(&it.chunk, "chunk", 1024, "bytes of a message, as ARGOCD_CMP_CHUNK_SIZE says")
	flags.DurationVar(&it.deadline, "deadline", deadline, "each request's deadline")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if it.socket == "" || it.repository == "" || it.requests < 1 || it.atOnce < 1 || it.chunk < 1 {
		return errors.New("give -socket and -repository, and at least one request, at once and byte")
	}
	quiet()
	packed, err := it.pack()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(it.run(packed))
}

// packed is a request, ready to be sent.
type packed struct {
	metadata *argo.PluginMessage
	archive  []byte
}

func (it *load) pack() (packed, error) {
	request := request{dir: it.folder, application: somebody}
	if it.environment != "" {
		request.parameters = []parameter{{Name: "environment", String: &it.environment}}
	}
	variables, err := request.environment()
	if err != nil {
		return packed{}, err
	}
	file, metadata, err := argo.PackRepository(it.repository, filepath.Join(it.repository, it.folder), variables, nil, nil)
	if err != nil {
		return packed{}, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	archive, err := io.ReadAll(file)
	return packed{metadata, archive}, err
}

// A report is what came of a load.
type report struct {
	Version      string         `json:"version"`
	Requests     int            `json:"requests"`
	AtOnce       int            `json:"at_once"`
	ArchiveBytes int            `json:"archive_bytes"`
	Answered     int            `json:"answered"`
	Manifests    int64          `json:"manifests"`
	Seconds      float64        `json:"seconds"`
	P50          float64        `json:"p50_ms"`
	P90          float64        `json:"p90_ms"`
	P99          float64        `json:"p99_ms"`
	Max          float64        `json:"max_ms"`
	Errors       map[string]int `json:"errors"`
}

func (it *load) run(packed packed) report {
	given := report{Version: version(), Requests: it.requests, AtOnce: it.atOnce, ArchiveBytes: len(packed.archive), Errors: map[string]int{}}
	var times []time.Duration
	var lock sync.Mutex
	var next, manifests atomic.Int64
	var workers sync.WaitGroup
	begin := time.Now()
	for range it.atOnce {
		workers.Go(func() {
			for next.Add(1) <= int64(it.requests) {
				start := time.Now()
				n, err := it.once(packed)
				took := time.Since(start)
				lock.Lock()
				if err != nil {
					line, _, _ := strings.Cut(err.Error(), "\n")
					given.Errors[line]++
				} else {
					times = append(times, took)
				}
				lock.Unlock()
				manifests.Add(int64(n))
			}
		})
	}
	workers.Wait()
	given.Seconds = time.Since(begin).Seconds()
	given.Answered, given.Manifests = len(times), manifests.Load()
	given.measure(times)
	return given
}

// measure leaves out requests that failed: they are counted by what they say.
func (it *report) measure(times []time.Duration) {
	if len(times) == 0 {
		return
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1)+0.5)].Microseconds()) / 1000
	}
	it.P50, it.P90, it.P99, it.Max = at(0.5), at(0.9), at(0.99), at(1)
}

// once does what the repo-server does for a plugin with a name: a connection of its own, two questions, one stream.
func (it *load) once(packed packed) (manifests int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), it.deadline)
	defer cancel()
	connection, client, err := argo.NewPluginClientSet(it.socket).NewConfigManagementPluginClient()
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	for range 2 {
		if _, _, err := argo.CheckPlugin(ctx, client); err != nil {
			return 0, fmt.Errorf("CheckPluginConfiguration: %w", err)
		}
	}
	stream, err := client.GenerateManifest(ctx)
	if err != nil {
		return 0, err
	}
	if err := stream.Send(packed.metadata); err != nil {
		return 0, fmt.Errorf("the first message: %w", err)
	}
	for chunk := range slices.Chunk(packed.archive, it.chunk) {
		if err := stream.Send(argo.Chunk(chunk)); err != nil {
			return 0, fmt.Errorf("a chunk: %w", err)
		}
	}
	response, err := stream.CloseAndRecv()
	return len(response.GetManifests()), err
}
