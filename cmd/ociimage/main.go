// Command ociimage writes the container image of Accord as an OCI archive, without a
// container engine: `make image` runs it. The image is that of the Dockerfile: one
// static binary on an empty file system, a folder for the store, and no root user.
//
// The same binaries give the same bytes. podman load, skopeo copy oci-archive:… and
// docker load (25 or newer) take the archive.
package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

func main() {
	out := flag.String("o", "accord-image.tar", "archive to write")
	version := flag.String("version", "", "version of the program, and tag of the image")
	architectures := flag.String("arch", "amd64,arm64", "architectures, separated by commas")
	flag.Parse()
	if err := write(*out, *version, strings.Split(*architectures, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "ociimage:", err)
		os.Exit(1)
	}
}

// write builds the program for each architecture and writes the archive.
func write(out, version string, architectures []string) error {
	folder, err := os.MkdirTemp("", "accord-image-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var index v1.ImageIndex = mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, architecture := range architectures {
		image, err := build(folder, version, architecture)
		if err != nil {
			return fmt.Errorf("%s: %w", architecture, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image,
			Descriptor: v1.Descriptor{
				Platform:    &v1.Platform{OS: "linux", Architecture: architecture},
				Annotations: map[string]string{"org.opencontainers.image.ref.name": tag(version)},
			},
		})
	}
	path := filepath.Join(folder, "layout")
	if _, err := layout.Write(path, index); err != nil {
		return err
	}
	return archive(out, path)
}

// tag returns the tag of a version.
func tag(version string) string {
	if version == "" {
		return "latest"
	}
	return strings.ReplaceAll(version, "+", "-")
}

// build builds the program and returns its image.
func build(folder, version, architecture string) (v1.Image, error) {
	binary := filepath.Join(folder, "accord-"+architecture)
	compile := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -X main.release="+version, "-o", binary, "accord/cmd/accord")
	compile.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+architecture)
	if text, err := compile.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	files, err := fileSystem(program)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image, err := mutate.Append(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON),
		mutate.Addendum{Layer: layer, History: v1.History{CreatedBy: "ociimage"}})
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, configOf(image, version, architecture))
}

// user is one that has no rights on the machine. [distroless: nonroot]
const user = 65532

// configOf returns the configuration of the image. It agrees with the Dockerfile.
func configOf(image v1.Image, version, architecture string) *v1.ConfigFile {
	config, err := image.ConfigFile()
	if err != nil {
		panic("ociimage: an image in memory has a configuration: " + err.Error())
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", architecture
	config.Config = v1.Config{
		Entrypoint: []string{"/accord"},
		Cmd:        []string{"serve"},
		User:       fmt.Sprintf("%d:%d", user, user),
		WorkingDir: "/data",
		Env: []string{
			"ACCORD_LISTEN=0.0.0.0:8016", "ACCORD_ADMIN_LISTEN=0.0.0.0:8017",
			"ACCORD_STORE=sqlite:/data/accord.db", "ACCORD_ADMIN_TOKEN_FILE=/data/admin-token",
			"ACCORD_INIT=/etc/localstack/init/ready.d",
		},
		ExposedPorts: map[string]struct{}{"8016/tcp": {}, "8017/tcp": {}},
		Volumes:      map[string]struct{}{"/data": {}},
		Labels: map[string]string{
			"org.opencontainers.image.title":    "Accord",
			"org.opencontainers.image.version":  version,
			"org.opencontainers.image.licenses": "Apache-2.0",
		},
		Healthcheck: &v1.HealthConfig{
			Test: []string{"CMD", "/accord", "wait", "--timeout", "2s"}, Interval: 5 * time.Second, Timeout: 5 * time.Second,
		},
	}
	return config
}

// fileSystem returns the files of the image as a tar archive.
func fileSystem(program []byte) ([]byte, error) {
	var files bytes.Buffer
	w := tar.NewWriter(&files)
	for _, h := range []tar.Header{
		{Name: "data/", Typeflag: tar.TypeDir, Mode: 0o700, Uid: user, Gid: user},
		{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777},
		{Name: "accord", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(program))},
	} {
		if err := w.WriteHeader(&h); err != nil {
			return nil, err
		}
	}
	_, err := w.Write(program)
	err = errors.Join(err, w.Close())
	return files.Bytes(), err
}

// archive writes a folder as a tar archive, without times and owners.
func archive(out, folder string) (err error) {
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := tar.NewWriter(file)
	err = fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Name: path, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}); err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	})
	return errors.Join(err, w.Close())
}
