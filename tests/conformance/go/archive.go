package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// listAll reads archives as Argo CD's server does, up to the point where it would write files: paths of archives on
// stdin, one line each on stdout, with the entries or with the error.
func listAll(in io.Reader, out io.Writer) error {
	paths := bufio.NewScanner(in)
	for paths.Scan() {
		archive, err := os.Open(paths.Text())
		if err != nil {
			return err
		}
		fmt.Fprintln(out, listing(archive))
		archive.Close()
	}
	return paths.Err()
}

func listing(archive io.Reader) string {
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		return "error: " + err.Error()
	}
	entries := tar.NewReader(unzipped)
	var lines []string
	for {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return "ok:" + strings.Join(lines, "")
		} else if err != nil {
			return "error: " + err.Error()
		}
		// Nobody unpacks these; they say nothing of others.
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		line, err := entry(header, entries)
		if err != nil {
			return "error: " + err.Error()
		}
		lines = append(lines, line)
	}
}

// entry writes all that matters of an entry, in hexadecimal: names may hold any byte.
func entry(header *tar.Header, content io.Reader) (string, error) {
	sum := sha256.New()
	size, err := io.Copy(sum, content)
	if err != nil {
		return "", err
	}
	name, link := hex.EncodeToString([]byte(header.Name)), hex.EncodeToString([]byte(header.Linkname))
	return fmt.Sprintf(" %d/%s/%s/%d/%x", header.Typeflag, name, link, size, sum.Sum(nil)), nil
}
