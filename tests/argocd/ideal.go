package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"argo"

	"google.golang.org/grpc"
)

// ideal serves the fastest plugin that there can be: it reads the stream without looking, and answers what it was given.
// What a client sees of it is the least that the client can see of any server.
func ideal(args []string) error {
	flags := flag.NewFlagSet("argocd ideal", flag.ContinueOnError)
	socket := flags.String("socket", "", "where to serve")
	manifests := flags.String("manifests", "", "the answer: a file of JSON manifests, as `cmp-host generate --format json` prints them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	answer, err := readManifests(*manifests)
	if err != nil {
		return err
	}
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		return fmt.Errorf("-socket: %w", err)
	}
	// The most that Argo CD sends and takes.
	const most = 100 << 20
	server := grpc.NewServer(grpc.MaxRecvMsgSize(most), grpc.MaxSendMsgSize(most))
	argo.RegisterPluginServer(server, &idealPlugin{answer: answer})
	return server.Serve(listener)
}

func readManifests(path string) (*argo.PluginResponse, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("-manifests: %w", err)
	}
	answer := &argo.PluginResponse{}
	for documents := json.NewDecoder(bytes.NewReader(text)); ; {
		var document json.RawMessage
		if err := documents.Decode(&document); errors.Is(err, io.EOF) {
			return answer, nil
		} else if err != nil {
			return nil, fmt.Errorf("-manifests: %s: %w", path, err)
		}
		answer.Manifests = append(answer.Manifests, string(document))
	}
}

type idealPlugin struct {
	argo.Undiscovered
	answer *argo.PluginResponse
}

func (it *idealPlugin) GenerateManifest(stream argo.GenerateStream) error {
	for {
		if _, err := stream.Recv(); errors.Is(err, io.EOF) {
			return stream.SendAndClose(it.answer)
		} else if err != nil {
			return err
		}
	}
}
